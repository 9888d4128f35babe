#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/reader/names.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

using Source = std::optional<SampleSource>;

void read_share(const Node& node, const OptionReader& reader, RandomSamples& random) {
    const auto share = parse_share(node.text());
    if (!share || *share <= 0)
        reader.diagnostics.error(
            node.place(),
            "wrong-type",
            fmt::format("'share' must be above 0 and at most 1, such as 20% or 0.2, not {}",
                        describe(node)));
    random.amount = share ? *share : 1;
}

MapType<RandomSamples> make_draw_type() {
    const OptionInfo count = info_of("n", "integer", 1).as("n", "Number of samples.");
    return MapType<RandomSamples>("Random sample of the pool.")
        .key(count,
             [count](const Node& node, const OptionReader& reader, RandomSamples& random) {
                 reader.read(node, count, random.amount.emplace<std::int64_t>());
             })
        .key(info_of("share", "share").as("share", "Share of the pool: 20% or 0.2."), read_share)
        .positive()
        .one_of({"n", "share"},
                {.code = "ambiguous", .message = "the draw needs either 'n' or 'share'"},
                {.code = "ambiguous", .message = "the draw needs either 'n' or 'share'"})
        .key(
            "seed", &RandomSamples::seed, "Random seed; default: the seed of the run.", {.min = 0});
}

const MapType<RandomSamples>& draw_type() {
    static const auto type = make_draw_type();
    return type;
}

const OptionInfo random_count = info_of("random", "integer", 1);

void read_random(const Node& node, const OptionReader& reader, Source& source) {
    auto& random = source.emplace(RandomSamples{}).emplace<RandomSamples>();
    if (node.is_scalar())
        reader.read(node, random_count, random.amount.emplace<std::int64_t>());
    else
        draw_type().read(node, "the draw", reader, random);
}

KeyFault not_one() {
    return {.code = "ambiguous",
            .message = "{} must be one of {tag: NAME}, {names: FILE} and {random: N}"};
}

MapType<Source> make_source_type() {
    const OptionInfo tag = info_of("tag", "text").as("tag", "Samples of this tag.");
    const OptionInfo names =
        path_info("names", dataset::FileForm::names, "File of names, one per line.");
    return MapType<Source>("Set of samples.")
        .key(tag,
             [tag](const Node& node, const OptionReader& reader, Source& source) {
                 reader.read(node, tag, source.emplace(TaggedSamples{}).emplace<0>().tag);
             })
        .key(names,
             [names](const Node& node, const OptionReader& reader, Source& source) {
                 reader.read(node, names, source.emplace(NamedSamples{}).emplace<1>().file);
             })
        .key(any_of({random_count, draw_type().info()}).as("random", "Random sample of the pool."),
             read_random)
        .one_of({"tag", "names", "random"}, not_one(), not_one());
}

}  // namespace

const MapType<Source>& source_type() {
    static const auto type = make_source_type();
    return type;
}

}  // namespace trommel
