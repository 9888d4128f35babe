#include "stages/model_server/predict_model_server.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {

struct ServerClassificationOptions : ServerOptions {
    std::string probabilities{};
    bool logits = false;

    ClassificationOutputs outputs() const {
        return {.probabilities = probabilities, .logits = logits};
    }
};

StageType predict_server_classification() {
    using Options = ServerClassificationOptions;
    using Type = PredictModelServer<Options>;
    return add_traffic(
               add_question(StageType::of<Type>("predict.server_classification",
                                                "Asks a model server (KServe v2, Triton) for class "
                                                "probabilities of every sample of the query tag.")
                                .reads<TagSet>()
                                .sends<ClassificationBatch>()
                                .records_may_fail()))
        .option("probabilities",
                &Options::probabilities,
                "The output that has them, (samples, classes); without it the model's only one.")
        .option("logits",
                &Options::logits,
                "The output has logits, which softmax makes probabilities, or of one a sigmoid.")
        .check(check_inputs);
}

}  // namespace trommel::stages
