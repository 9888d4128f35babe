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
                "Output tensor of probabilities (samples, classes); default: the only output.")
        .option("logits",
                &Options::logits,
                "The output holds logits; softmax is applied, or sigmoid to a single class.")
        .check(check_inputs);
}

}  // namespace trommel::stages
