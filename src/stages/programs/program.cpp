#include "stages/programs/program.hpp"

#include "stages/join/embedding_rows.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/core/text.hpp"
#include "trommel/runtime/io_pool.hpp"
#include "trommel/runtime/process.hpp"

#include <boost/json/string.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace trommel::stages {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;

std::string quoted(const std::string& text) { return json_string(text); }

/// Where a program's output is kept until it has ended well.
class OutputFile {
public:
    explicit OutputFile(std::filesystem::path path)
        : path_(std::move(path)), file_(path_, std::ios::binary) {
        check();
    }

    void append(const std::string& text) {
        file_ << text << std::flush;
        check();
    }

    const std::filesystem::path& path() const { return path_; }

private:
    void check() const {
        if (!file_) throw Error(fmt::format("{}: cannot write; is the disk full?", path_.string()));
    }

    std::filesystem::path path_;
    std::ofstream file_;
};

/// Both sides of the talk with a program; the run of the program keeps it alive.
class Talk {
public:
    Talk(StageContext& context, ProgramInput input, ProgramListener listener)
        : io_(context.io),
          secrets_(context.secrets),
          input_(std::move(input)),
          listener_(std::move(listener)),
          output_(round_directory(context) / "output.jsonl") {}

    asio::awaitable<void> feed(Process& process) {
        std::string chunk;
        for (std::size_t i = 0; i < input_.samples.size(); ++i) {
            chunk += input_.record(i) + '\n';
            if (chunk.size() < chunk_bytes && i + 1 < input_.samples.size()) continue;
            const SendStatus status = co_await process.write(std::move(chunk));
            if (status == SendStatus::closed) break;
            chunk.clear();
        }
    }

    /// Hands lines on in chunks: large ones, or all that are there where somebody listens.
    asio::awaitable<void> consume(Process& process) {
        std::vector<std::string> lines;
        std::size_t bytes = 0;
        while (auto line = co_await process.read_line()) {
            bytes += line->size() + 1;
            lines.push_back(*std::move(line));
            if (bytes < chunk_bytes && (!listener_ || process.has_line())) continue;
            co_await write(std::move(lines));
            lines.clear();
            bytes = 0;
        }
        co_await write(std::move(lines));
    }

    const std::filesystem::path& output() const { return output_.path(); }

private:
    asio::awaitable<void> write(std::vector<std::string> lines) {
        const auto work = [](Talk& talk, const std::vector<std::string>& chunk) {
            talk.keep(chunk);
        };
        co_await on_io(io_, work, std::ref(*this), std::move(lines));
    }

    void keep(const std::vector<std::string>& lines) {
        std::string text;
        for (const auto& line : lines) {
            refuse_secret(line);
            text += line + '\n';
        }
        output_.append(text);
        if (listener_) listener_(lines);
    }

    void refuse_secret(const std::string& line) const {
        if (const auto secret = secrets_.find_in(line))
            throw DataError(fmt::format(
                "the program wrote the secret '{}' into its output, which is kept in the run's "
                "directory; it must write records only",
                *secret));
    }

    IoPool& io_;
    const Secrets& secrets_;
    ProgramInput input_;
    ProgramListener listener_;
    OutputFile output_;
};

}  // namespace

std::string ProgramInput::record(std::size_t i) const {
    auto text = "{\"file_name\":" + quoted(of->name(samples[i]));
    if (!labels.empty()) text += ",\"label\":" + quoted(labels[i]);
    if (embeddings)
        text += fmt::format(",\"embedding\":[{}]", fmt::join(embeddings->row(samples[i]), ","));
    return text + '}';
}

std::filesystem::path round_directory(const StageContext& context) {
    auto directory = context.directory / fmt::format("round-{}", context.round);
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error)
        throw Error(
            fmt::format("{}: cannot make the directory: {}", directory.string(), error.message()));
    return std::filesystem::absolute(directory);
}

asio::awaitable<std::filesystem::path> run_program(StageContext& context,
                                                   ProgramOptions options,
                                                   ProgramInput input,
                                                   std::map<std::string, std::string> environment,
                                                   ProgramListener listener) {
    Talk talk(context, std::move(input), std::move(listener));
    ProcessSpec spec;
    spec.argv = options.command.argv;
    spec.directory = options.command.folder;
    spec.grace = options.grace;
    spec.environment = std::move(environment);
    spec.environment.insert(options.env.begin(), options.env.end());
    spec.environment["TROMMEL_ROUND"] = std::to_string(context.round);
    spec.environment["TROMMEL_ATTEMPT"] = std::to_string(context.attempt);
    spec.environment["TROMMEL_SEED"] = std::to_string(context.seed);
    spec.environment["TROMMEL_STAGE_DIR"] = round_directory(context).string();
    const ProcessTalk feed = [&talk](Process& process) { return talk.feed(process); };
    const ProcessTalk consume = [&talk](Process& process) { return talk.consume(process); };
    ExitStatus status = co_await run_process(std::move(spec), feed, consume);
    status.errors = context.secrets.redacted(std::move(status.errors));
    if (!status.success())
        throw TransientError(
            fmt::format("'{}' {}", fmt::join(options.command.argv, " "), to_text(status)));
    co_return talk.output();
}

asio::awaitable<ProgramInput> make_input(StageContext& context,
                                         ProgramOptions options,
                                         TagSetPtr of,
                                         BitMask samples) {
    ProgramInput input;
    input.of = of;
    input.samples = samples.indices();
    if (options.embeddings) input.embeddings = co_await fetch_embeddings(context);
    co_return input;
}

}  // namespace trommel::stages
