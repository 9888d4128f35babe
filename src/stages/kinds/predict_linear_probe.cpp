#include "stages/join/embedding_rows.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/on_cpu.hpp"

#include <algorithm>

namespace trommel::stages {
namespace {

using ModelPtr = std::shared_ptr<const LinearProbeModel>;
using Samples = std::vector<SampleIndex>;

Probabilities predict(const ModelPtr& model,
                      const std::shared_ptr<const Matrix>& embeddings,
                      const Samples& samples) {
    return learning::predict(model->probe, model->standardizer.apply(gather(*embeddings, samples)));
}

class PredictLinearProbe final : public Stage {
public:
    struct Options {
        std::int64_t batch = 1024;
    };

    explicit PredictLinearProbe(const Options& options) : options_(options) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto model = co_await in.value<LinearProbeModel>();
        auto embeddings = co_await fetch_embeddings(context);
        const Samples all = model->of->query.mask.indices();
        const auto size = static_cast<std::size_t>(options_.batch);
        for (std::size_t begin = 0; begin < all.size(); begin += size) {
            const auto end = std::min(begin + size, all.size());
            auto batch = std::make_shared<ClassificationBatch>();
            batch->of = model->of;
            batch->samples.assign(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                  all.begin() + static_cast<std::ptrdiff_t>(end));
            batch->probs = co_await on_cpu(context.cpu, predict, model, embeddings, batch->samples);
            co_await out.send(std::move(batch));
        }
    }

private:
    Options options_;
};

}  // namespace

StageType predict_linear_probe() {
    using Options = PredictLinearProbe::Options;
    return StageType::of<PredictLinearProbe>(
               "predict.linear_probe",
               "Predicts every sample of the query tag with a linear probe.")
        .reads<LinearProbeModel>()
        .sends<ClassificationBatch>()
        .needs_embeddings()
        .caches({.version = 1, .whole = true})
        .option("batch",
                &Options::batch,
                "Samples per batch.",
                {.required = false, .min = 1, .max = 1e6});
}

}  // namespace trommel::stages
