// Predictions that a model server is asked for, several batches at a time.
#pragma once

#include "stages/model_server/model_inputs.hpp"
#include "stages/model_server/model_outputs.hpp"
#include "stages/model_server/model_server.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/stage/stage_type.hpp"
#include "trommel/runtime/channel.hpp"
#include "trommel/runtime/io_pool.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/on_cpu.hpp"

#include <asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <list>
#include <optional>
#include <type_traits>
#include <unordered_map>

namespace trommel::stages {

struct ServerOptions {
    std::string url{};
    std::string model{};
    std::string version{};
    std::string token{};
    std::filesystem::path ca_file{};
    std::string input = "input";
    std::string datatype = "FP32";
    std::filesystem::path inputs{};
    std::filesystem::path names{};
    std::optional<TensorForm> form{};
    std::int64_t batch = 32;
    std::int64_t in_flight = 4;
    std::chrono::milliseconds answer_within{60'000};
    std::int64_t attempts = 5;

    ModelServerOptions server() const {
        ModelServerOptions options;
        options.url = url;
        options.model = model;
        options.version = version;
        options.token = token;
        options.ca_file = ca_file.string();
        options.form = form;
        options.answer_within = answer_within;
        options.retry.attempts = static_cast<unsigned>(attempts);
        options.connections = static_cast<std::size_t>(in_flight);
        return options;
    }
};

inline std::shared_ptr<ClassificationBatch> sent(dataset::ClassificationRecords read) {
    auto batch = std::make_shared<ClassificationBatch>();
    batch->probs = std::move(read.probs);
    return batch;
}
inline std::shared_ptr<DetectionBatch> sent(dataset::DetectionRecords read) {
    auto batch = std::make_shared<DetectionBatch>();
    batch->outputs = std::move(read.outputs);
    return batch;
}

/// Asks about the samples of a query set, batch after batch; which batch has which samples, and the
/// order in which they are sent, depends on the set alone.
template <typename Options>
class Questions {
public:
    Questions(StageContext& context,
              const Options& options,
              TagSetPtr of,
              ModelInputs inputs,
              const asio::any_io_executor& executor)
        : context_(context),
          options_(options),
          outputs_(options.outputs()),
          of_(std::move(of)),
          inputs_(std::move(inputs)),
          samples_(of_->query.mask.indices()),
          batch_(static_cast<std::size_t>(options.batch)),
          server_(executor, options.server(), context.clock, context.cpu, context.random()) {
        for (std::int64_t i = 0; i < options.in_flight; ++i)
            lanes_.emplace_back(executor, Capacity{.count = 1});
    }

    asio::awaitable<void> run(Output& out) {
        const auto body = [this, &out](Nursery& nursery) -> asio::awaitable<void> {
            std::size_t first = 0;
            for (auto& lane : lanes_) nursery.start(ask_all(first++, lane));
            nursery.start(send_all(out));
            co_return;
        };
        co_await with_nursery(body);
    }

private:
    using Lane = Channel<PayloadPtr>;

    std::size_t batches() const { return (samples_.size() + batch_ - 1) / batch_; }

    /// One lane has every in_flight-th batch, and at most one that waits to be sent.
    asio::awaitable<void> ask_all(std::size_t first, Lane& lane) {
        for (std::size_t batch = first; batch < batches(); batch += lanes_.size()) {
            PayloadPtr predicted = co_await ask(batch);
            co_await lane.send(std::move(predicted));
        }
    }

    asio::awaitable<void> send_all(Output& out) {
        auto lane = lanes_.begin();
        for (std::size_t batch = 0; batch < batches(); ++batch) {
            auto predicted = co_await lane->receive();
            if ((*predicted)->records() > 0) co_await out.send(*std::move(predicted));
            if (++lane == lanes_.end()) lane = lanes_.begin();
        }
    }

    asio::awaitable<PayloadPtr> ask(std::size_t batch) {
        const auto begin = samples_.begin() + static_cast<std::ptrdiff_t>(batch * batch_);
        const auto count = std::min(batch_, samples_.size() - batch * batch_);
        std::vector<SampleIndex> samples(begin, begin + static_cast<std::ptrdiff_t>(count));
        const std::string what = fmt::format("batch {} of {} ('{}' to '{}')",
                                             batch + 1,
                                             batches(),
                                             of_->name(samples.front()),
                                             of_->name(samples.back()));
        Tensor input = co_await on_io(context_.io, rows_of, std::cref(inputs_), samples);
        input.name = options_.input;
        input.datatype = options_.datatype;
        auto wanted = names_of(outputs_);
        auto file_names = names(samples);
        const std::string where = fmt::format("{}, {}: ", server_.name(), what);
        auto tensors = co_await server_.infer(std::move(input), std::move(wanted), what);
        auto read = co_await on_cpu(context_.cpu,
                                    read_batch,
                                    std::cref(outputs_),
                                    std::move(tensors),
                                    std::move(file_names),
                                    where);
        co_return joined(std::move(read), samples, what);
    }

    static Tensor rows_of(const ModelInputs& inputs, const std::vector<SampleIndex>& samples) {
        return inputs.of(samples);
    }

    static auto read_batch(const decltype(std::declval<Options>().outputs())& outputs,
                           const std::vector<Tensor>& tensors,
                           std::vector<std::string> names,
                           const std::string& where) {
        try {
            return read_outputs(outputs, tensors, std::move(names));
        } catch (const DataError& error) {
            throw DataError(where + error.what());
        }
    }

    std::vector<std::string> names(const std::vector<SampleIndex>& samples) const {
        std::vector<std::string> names;
        for (const SampleIndex sample : samples) names.push_back(of_->name(sample));
        return names;
    }

    /// The samples whose predictions are some; tells of the others.
    template <typename Batch>
    PayloadPtr joined(Batch read,
                      const std::vector<SampleIndex>& samples,
                      const std::string& what) {
        std::unordered_map<std::string, SampleIndex> indices;
        for (const SampleIndex sample : samples) indices.emplace(of_->name(sample), sample);
        for (auto& fault : read.faults)
            context_.records.failed(
                {.sample = indices.at(fault.sample),
                 .name = fault.sample,
                 .error = fmt::format("{}, {}: {}", server_.name(), what, fault.what),
                 .input = {}});
        std::vector<SampleIndex> good;
        for (const auto& name : read.names) good.push_back(indices.at(name));
        auto batch = sent(std::move(read));
        batch->of = of_;
        batch->samples = std::move(good);
        return batch;
    }

    StageContext& context_;
    const Options& options_;
    decltype(std::declval<Options>().outputs()) outputs_;
    TagSetPtr of_;
    ModelInputs inputs_;
    std::vector<SampleIndex> samples_;
    std::size_t batch_;
    ModelServer server_;
    std::list<Lane> lanes_;
};

template <typename Given>
class PredictModelServer final : public Stage {
public:
    using Options = Given;

    explicit PredictModelServer(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto of = co_await in.value<TagSet>();
        auto inputs = co_await open_inputs(context, of, options_.inputs, options_.names);
        const auto executor = co_await asio::this_coro::executor;
        Questions<Options> questions(context, options_, of, std::move(inputs), executor);
        co_await questions.run(out);
    }

private:
    Options options_;
};

inline void check_inputs(const ServerOptions& options, const StageType::Complain& complain) {
    if (!options.inputs.empty() && options.names.empty())
        complain("inputs", "needs 'names', the file names of the array's rows");
    if (options.inputs.empty() && !options.names.empty())
        complain("names", "are those of 'inputs', which is not there");
    if (!options.url.starts_with("http://") && !options.url.starts_with("https://"))
        complain("url", "begins with http:// or https://");
}

inline constexpr auto input_help =
    "Name of the model's input tensor (samples, …): embeddings, or the rows of 'inputs'.";

inline constexpr std::array datatypes{"FP32", "FP64", "UINT8", "INT8", "INT16", "INT32", "INT64"};

inline std::vector<std::pair<std::string, std::string>> datatype_choices() {
    std::vector<std::pair<std::string, std::string>> choices;
    for (const auto* name : datatypes) choices.emplace_back(name, name);
    return choices;
}
inline constexpr auto attempts_help =
    "Attempts per batch if the server is unreachable, slow or busy; waits as 'retry' does, or "
    "Retry-After if longer.";

inline constexpr auto flight_help = "Requests at a time; as many answers may wait.";

/// A member of the options that every task has, as one of its own.
template <typename Options, typename T>
constexpr T Options::*common(T ServerOptions::*member) {
    return member;
}

template <typename StageClass>
StageTypeBuilder<StageClass>&& add_question(StageTypeBuilder<StageClass>&& type) {
    using Options = typename StageClass::Options;
    return std::move(type)
        .option("url",
                common<Options>(&ServerOptions::url),
                "URL of the model server, such as http://localhost:8000.",
                {.required = true, .min = {}, .max = {}})
        .option("model",
                common<Options>(&ServerOptions::model),
                "Name of the model.",
                {.required = true, .min = {}, .max = {}})
        .option("version",
                common<Options>(&ServerOptions::version),
                "Version of the model; default: the server's choice.")
        .option("token",
                common<Options>(&ServerOptions::token),
                "Sent as 'Authorization: Bearer TOKEN'.")
        .secret()
        .option("ca_file",
                common<Options>(&ServerOptions::ca_file),
                "Certificates to trust (PEM); default: those of the system.")
        .option("input", common<Options>(&ServerOptions::input), input_help)
        .choice("datatype",
                common<Options>(&ServerOptions::datatype),
                "Element type of the input; integer types need integer values.",
                datatype_choices())
        .option("inputs",
                common<Options>(&ServerOptions::inputs),
                "Model inputs (.npy or .npz) in place of embeddings.",
                {.required = false, .min = {}, .max = {}, .form = dataset::FileForm::array})
        .option("names",
                common<Options>(&ServerOptions::names),
                "File names of the rows of 'inputs', one per line.",
                {.required = false, .min = {}, .max = {}, .form = dataset::FileForm::names});
}

template <typename StageClass>
StageTypeBuilder<StageClass>&& add_traffic(StageTypeBuilder<StageClass>&& type) {
    using Options = typename StageClass::Options;
    return std::move(type)
        .choice(
            "tensors",
            common<Options>(&ServerOptions::form),
            "Tensor encoding: binary (Triton's binary extension) or JSON; auto: binary if the "
            "server lists the extension.",
            {{"auto", std::nullopt}, {"binary", TensorForm::binary}, {"json", TensorForm::json}})
        .option("batch",
                common<Options>(&ServerOptions::batch),
                "Samples per request.",
                {.required = false, .min = 1, .max = 1e6})
        .option("in_flight",
                common<Options>(&ServerOptions::in_flight),
                flight_help,
                {.required = false, .min = 1, .max = 256})
        .option("answer_within",
                common<Options>(&ServerOptions::answer_within),
                "Time limit of one request.")
        .option("attempts",
                common<Options>(&ServerOptions::attempts),
                attempts_help,
                {.required = false, .min = 1, .max = 1000});
}

}  // namespace trommel::stages
