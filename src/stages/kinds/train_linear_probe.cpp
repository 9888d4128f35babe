#include "stages/join/class_names.hpp"
#include "stages/join/embedding_rows.hpp"
#include "stages/stages.hpp"
#include "trommel/core/text.hpp"
#include "trommel/runtime/on_cpu.hpp"

#include <fmt/format.h>

#include <stop_token>

namespace trommel::stages {
namespace {

enum class Standardize { none, pool };

struct ProbeOptions {
    double c = learning::FitOptions{}.c;
    Standardize standardize = Standardize::none;
};

/// Everything that training takes, so that it can be handed to the CPU pool.
struct Training {
    ProbeOptions options{};
    LabelBatch labels{};
    std::shared_ptr<const Matrix> embeddings{};  ///< of the whole dataset
};

LinearProbeModel train(std::stop_token stop, const Training& training) {
    LinearProbeModel model;
    model.of = training.labels.of;
    if (training.options.standardize == Standardize::pool)
        model.standardizer =
            learning::Standardizer::over(*training.embeddings, model.of->query.mask.indices());
    model.classes = class_names(training.labels.labels);
    const auto features =
        model.standardizer.apply(gather(*training.embeddings, training.labels.samples));
    const auto classes = class_indices(training.labels.labels, model.classes);
    model.probe = learning::fit(features, classes, {.c = training.options.c}, stop);
    return model;
}

class TrainLinearProbe final : public Stage {
public:
    using Options = ProbeOptions;

    explicit TrainLinearProbe(const Options& options) : options_(options) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        Training training;
        training.options = options_;
        while (auto batch = co_await in.receive<LabelBatch>()) training.labels.append(*batch);
        if (training.labels.samples.empty())
            throw DataError(
                "there is no labelled sample to learn from; give the state an initial set");
        training.embeddings = co_await fetch_embeddings(context);
        auto model = co_await on_cpu(context.cpu, train, std::move(training));
        auto shared = std::make_shared<LinearProbeModel>(std::move(model));
        co_await out.send(std::move(shared));
    }

private:
    Options options_;
};

}  // namespace

StageType train_linear_probe() {
    using Options = ProbeOptions;
    return StageType::of<TrainLinearProbe>(
               "train.linear_probe",
               "Trains softmax regression on the embeddings until it converges.")
        .reads<LabelBatch>()
        .sends<LinearProbeModel>()
        .needs_embeddings()
        .caches({.version = 1, .whole = true})
        .option("c",
                &Options::c,
                "Weight of the loss against the penalty 0.5 |W|²; smaller: more regularisation.",
                {.required = false, .min = 1e-12, .max = {}})
        .choice("standardize",
                &Options::standardize,
                "pool: scales each feature to mean 0 and variance 1 over the pool.",
                {{"none", Standardize::none}, {"pool", Standardize::pool}});
}

}  // namespace trommel::stages
