#include "stages/join/oracle_table.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/io_pool.hpp"

namespace trommel::stages {
namespace {

class LabelTableStage final : public Stage {
public:
    struct Options {
        std::filesystem::path file{};
    };

    explicit LabelTableStage(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        auto table =
            co_await on_io(context.io, read_oracle, context.dataset.files, options_.file, tags);
        const BitMask labeled = tags->preselected ? tags->preselected->mask : BitMask();
        auto batch = std::make_shared<LabelBatch>(table->labels_of(labeled, tags));
        co_await out.send(std::move(batch));
    }

private:
    Options options_;
};

}  // namespace

StageType label_table() {
    using Options = LabelTableStage::Options;
    return StageType::of<LabelTableStage>("label.table",
                                          "Labels the preselected samples from a table.")
        .reads<TagSet>()
        .sends<LabelBatch>()
        .option("file",
                &Options::file,
                "CSV with columns file_name and label.",
                {.required = true, .min = {}, .max = {}, .form = dataset::FileForm::labels});
}

}  // namespace trommel::stages
