#include "stages/join/predictions_of_file.hpp"

namespace trommel::stages {

void check_prediction_file(const PredictionFileOptions& options,
                           const StageType::Complain& complain) {
    const auto& format = options.actual_format();
    if (options.shards > 1 && format.name == "csv")
        complain(
            "shards",
            "a CSV file has no shards, because only its first has the header; write JSON Lines");
    else if (options.shards > 1 && !format.has_parts)
        complain("shards", "only JSON Lines have shards");
    if (!options.names.empty() && !format.rows_are_numbered)
        complain("names", "is for arrays; records of other formats bear their names");
}

std::vector<std::pair<std::string, const predictions::Format*>> format_choices() {
    std::vector<std::pair<std::string, const predictions::Format*>> choices{{"auto", nullptr}};
    for (const auto& format : predictions::formats()) choices.emplace_back(format.name, &format);
    return choices;
}

}  // namespace trommel::stages
