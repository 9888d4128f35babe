#include "stages/join/embedding_rows.hpp"
#include "stages/join/oracle_table.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/io_pool.hpp"
#include "trommel/runtime/on_cpu.hpp"

#include <algorithm>

namespace trommel::stages {
namespace {

/// The share of `truth` that the model gets right. A class that it has never seen counts as wrong.
double accuracy(const std::shared_ptr<const LinearProbeModel>& model,
                const std::shared_ptr<const Matrix>& embeddings,
                const LabelBatch& truth) {
    const auto features = model->standardizer.apply(gather(*embeddings, truth.samples));
    const auto probs = learning::predict(model->probe, features);
    std::size_t right = 0;
    for (std::size_t i = 0; i < probs.rows(); ++i) {
        const auto row = probs.row(i);
        const auto likeliest =
            static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
        right += model->classes[model->probe.classes[likeliest]] == truth.labels[i] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(truth.samples.size());
}

class EvaluateAccuracy final : public Stage {
public:
    struct Options {
        std::filesystem::path labels{};
    };

    explicit EvaluateAccuracy(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto model = co_await in.value<LinearProbeModel>();
        auto table = co_await on_io(
            context.io, read_oracle, context.dataset.files, options_.labels, model->of);
        auto truth = table->labels_of(model->of->holdout.value().mask, model->of);
        auto embeddings = co_await fetch_embeddings(context);
        const double share =
            co_await on_cpu(context.cpu, accuracy, model, embeddings, std::move(truth));
        auto metrics = std::make_shared<Metrics>();
        metrics->of = model->of;
        metrics->values.emplace_back("accuracy", share);
        co_await out.send(std::move(metrics));
    }

private:
    Options options_;
};

}  // namespace

StageType evaluate_accuracy() {
    using Options = EvaluateAccuracy::Options;
    return StageType::of<EvaluateAccuracy>(
               "evaluate.accuracy",
               "Measures the accuracy of a linear probe on the held-out samples.")
        .reads<LinearProbeModel>()
        .sends<Metrics>()
        .caches({.version = 1, .whole = true})
        .option("labels",
                &Options::labels,
                "CSV with columns file_name and label; must have every held-out sample.",
                {.required = true, .min = {}, .max = {}, .form = dataset::FileForm::labels})
        .measures([](const Options&) { return std::vector<std::string>{"accuracy"}; })
        .needs_holdout();
}

}  // namespace trommel::stages
