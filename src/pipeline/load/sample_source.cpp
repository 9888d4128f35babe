#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

double read_share(const Node& node, const LoadContext& load) {
    const auto share = parse_share(node.text());
    if (share && *share > 0) return *share;
    load.diagnostics().error(
        node.place(),
        "wrong-type",
        fmt::format("'share' must be above 0 and at most 1, such as 20% or 0.2, not {}",
                    describe(node)));
    return 1;
}

RandomSamples read_random(const Node& node, const LoadContext& load) {
    RandomSamples random;
    if (node.is_scalar()) {
        load.reader.read(
            node, info_of("random", "integer", 1), random.amount.emplace<std::int64_t>());
        return random;
    }
    Section section(node, "the draw", load.diagnostics());
    const Node* count = section.find("n");
    const Node* share = section.find("share");
    if ((count == nullptr) == (share == nullptr))
        load.diagnostics().error(node.place(), "ambiguous", "the draw needs either 'n' or 'share'");
    else if (count != nullptr)
        load.reader.read(*count, info_of("n", "integer", 1), random.amount.emplace<std::int64_t>());
    else
        random.amount = read_share(*share, load);
    if (const Node* seed = section.find("seed"))
        load.reader.read(*seed, info_of("seed", "integer", 0), random.seed.emplace());
    section.refuse_others();
    return random;
}

}  // namespace

std::optional<SampleSource> read_source(const Node& node,
                                        const std::string& owner,
                                        const LoadContext& load) {
    Section section(node, owner, load.diagnostics());
    std::optional<SampleSource> source;
    if (const Node* tag = section.find("tag"))
        load.reader.read(*tag,
                         info_of("tag", "text"),
                         source.emplace(TaggedSamples{}).emplace<TaggedSamples>().tag);
    if (const Node* names = section.find("names"))
        load.reader.read(*names,
                         path_info("names", dataset::FileForm::names),
                         source.emplace(NamedSamples{}).emplace<NamedSamples>().file);
    if (const Node* random = section.find("random")) source = read_random(*random, load);
    section.refuse_others();
    if (node.is_map() && node.entries().size() != 1)
        load.diagnostics().error(
            node.place(),
            "ambiguous",
            fmt::format("{} must be one of {{tag: NAME}}, {{names: FILE}} and {{random: N}}",
                        owner));
    return source;
}

}  // namespace trommel
