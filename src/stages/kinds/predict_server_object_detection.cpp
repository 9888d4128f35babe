#include "stages/model_server/predict_model_server.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {

struct ServerDetectionOptions : ServerOptions {
    std::string scores = "scores";
    std::string labels = "labels";
    std::string probabilities{};
    std::string counts{};
    double threshold = 0;

    DetectionOutputs outputs() const {
        return {.scores = scores,
                .labels = labels,
                .probabilities = probabilities,
                .counts = counts,
                .threshold = threshold};
    }
};

StageType predict_server_object_detection() {
    using Options = ServerDetectionOptions;
    using Type = PredictModelServer<Options>;
    return add_traffic(add_question(StageType::of<Type>("predict.server_object_detection",
                                                        "Asks a model server (KServe v2, Triton) "
                                                        "for the objects in every sample of the "
                                                        "query tag.")
                                        .reads<TagSet>()
                                        .sends<DetectionBatch>()
                                        .records_may_fail()))
        .option("scores", &Options::scores, "Output tensor of box scores (samples, boxes).")
        .option("labels",
                &Options::labels,
                "Output tensor of box classes (samples, boxes); below 0: no box.")
        .option("probabilities",
                &Options::probabilities,
                "Output tensor of class probabilities (samples, boxes, classes), in place of "
                "labels; scores are then objectness.")
        .option("counts",
                &Options::counts,
                "Output tensor of the number of boxes per image, (samples) or (samples, 1).")
        .option("threshold",
                &Options::threshold,
                "Lowest score of a box to keep.",
                {.required = false, .min = 0, .max = 1})
        .check(check_inputs);
}

}  // namespace trommel::stages
