#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"

namespace trommel {

RoundsSpec read_rounds(const Node& node, const LoadContext& load) {
    RoundsSpec rounds;
    Section section(node, "'rounds'", load.diagnostics());
    if (const Node* max = section.need("max")) {
        const Node resolved = load.resolved(*max);
        load.reader.read(resolved, info_of("max", "integer", 1), rounds.max);
    }
    if (const Node* until = section.find("until"))
        rounds.until = parse_expression(*until, load.diagnostics());
    if (const Node* cost = section.find("cost")) rounds.cost = read_cost(*cost, load);
    if (const Node* exhausted = section.find("on_exhausted")) {
        OptionInfo info = info_of("on_exhausted", "choice");
        info.choices = {"ok", "fail"};
        std::string word;
        if (load.reader.read(*exhausted, info, word) && word == "fail")
            rounds.on_exhausted = RoundsSpec::OnExhausted::fail;
    }
    section.refuse_others();
    return rounds;
}

}  // namespace trommel
