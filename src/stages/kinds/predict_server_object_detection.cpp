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
        .option("scores", &Options::scores, "The output of the boxes' scores, (samples, boxes).")
        .option("labels",
                &Options::labels,
                "The output of their classes, (samples, boxes); one below 0 means no box.")
        .option("probabilities",
                &Options::probabilities,
                "In place of labels: the output of their class probabilities, (samples, boxes, "
                "classes); the scores are then how likely a box holds an object.")
        .option("counts",
                &Options::counts,
                "The output that says how many of an image's boxes are some, (samples) or "
                "(samples, 1).")
        .option("threshold",
                &Options::threshold,
                "Boxes of a lower score are left out.",
                {.required = false, .min = 0, .max = 1})
        .check(check_inputs);
}

}  // namespace trommel::stages
