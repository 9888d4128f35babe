#include "stages/model_server/model_inputs.hpp"

#include "stages/join/embedding_rows.hpp"
#include "stages/join/name_join.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/names.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <fmt/format.h>

#include <utility>

namespace trommel::stages {
namespace {

std::shared_ptr<const ModelInputs> open_array(const TagSetPtr& of,
                                              const std::filesystem::path& file,
                                              const std::filesystem::path& names_file) {
    auto array = file.extension() == ".npz" ? dataset::NpyArray::open_member(file)
                                            : dataset::NpyArray::open(file);
    const auto names = dataset::read_names(names_file);
    if (names.size() != array.rows())
        throw DataError(fmt::format("{}: {} names, and {} has {} rows",
                                    names_file.string(),
                                    names.size(),
                                    array.name(),
                                    array.rows()));
    NameJoin join(*of, names_file);
    Coverage coverage(*of, "a row of the model's input");
    std::vector<std::size_t> rows(of->names->size());
    for (std::size_t row = 0; row < names.size(); ++row) {
        const auto sample = join.find(names[row], row + 1);
        if (!sample) continue;
        coverage.add(*sample);
        rows[*sample] = row;
    }
    join.check();
    coverage.check();
    return std::make_shared<ModelInputs>(std::move(array), std::move(rows));
}

}  // namespace

Tensor ModelInputs::of(std::span<const SampleIndex> samples) const {
    Tensor tensor;
    tensor.shape = {samples.size()};
    if (embeddings_) {
        const Matrix rows = gather(*embeddings_, samples);
        tensor.shape.push_back(rows.cols());
        tensor.values.assign(rows.values().begin(), rows.values().end());
        return tensor;
    }
    tensor.shape.insert(tensor.shape.end(), array_->shape().begin() + 1, array_->shape().end());
    const std::size_t width = array_->cols();
    tensor.values.resize(samples.size() * width);
    for (std::size_t i = 0; i < samples.size(); ++i)
        array_->read<double>(
            rows_[samples[i]], 1, std::span(tensor.values).subspan(i * width, width));
    return tensor;
}

asio::awaitable<ModelInputs> open_inputs(StageContext& context,
                                         TagSetPtr of,
                                         std::filesystem::path array,
                                         std::filesystem::path names) {
    if (array.empty()) {
        auto embeddings = co_await fetch_embeddings(context);
        co_return ModelInputs(std::move(embeddings));
    }
    auto inputs = co_await on_io(context.io, open_array, of, array, names);
    co_return *inputs;
}

}  // namespace trommel::stages
