#include "stages/programs/asking.hpp"

#include "stages/join/embedding_rows.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/dataset/files/record_fault.hpp"
#include "trommel/dataset/json_lines.hpp"
#include "trommel/dataset/record.hpp"
#include "trommel/pipeline/stage/record_cache.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <fmt/format.h>

#include <fstream>

namespace trommel::stages {
namespace {

using Questions = std::unordered_map<std::string, std::string>;

std::string question(const std::string& name, std::span<const float> embedding) {
    const std::string_view bytes(reinterpret_cast<const char*>(embedding.data()),
                                 embedding.size_bytes());
    return sha256(sha256(name) + sha256(bytes));
}

/// What is left of the input are the open questions.
std::vector<std::string> split(ProgramInput& input,
                               const Matrix& embeddings,
                               RecordCache& cache,
                               Questions& open) {
    std::vector<std::string> known;
    std::erase_if(input.samples, [&](SampleIndex sample) {
        const std::string& name = input.of->name(sample);
        auto asked = question(name, embeddings.row(sample));
        const std::string* answer = cache.find(asked);
        if (answer != nullptr)
            known.push_back(*answer);
        else
            open.emplace(name, std::move(asked));
        return answer != nullptr;
    });
    cache.count(known.size(), open.size());
    return known;
}

void write_lines(const std::filesystem::path& file,
                 const std::vector<std::string>& lines,
                 bool after) {
    std::ofstream out(file, after ? std::ios::binary | std::ios::app : std::ios::binary);
    for (const auto& line : lines) out << line << '\n';
    if (!out.flush())
        throw Error(fmt::format("{}: cannot write; is the disk full?", file.string()));
}

/// The answers of the file to open questions, each of which it closes.
std::vector<RecordCache::Answer> answers_in(const std::filesystem::path& file, Questions open) {
    dataset::JsonLines lines(dataset::LineReader::open(file));
    std::vector<RecordCache::Answer> answers;
    for (bool more = true; more;) {
        try {
            const auto* object = lines.next();
            more = object != nullptr;
            if (!more) break;
            auto asked = open.extract(dataset::Record(lines, *object).name());
            if (asked) answers.emplace_back(std::move(asked.mapped()), lines.text());
        } catch (const dataset::RecordError&) {
            continue;  // it failed when the stage read it
        }
    }
    return answers;
}

}  // namespace

asio::awaitable<std::vector<std::string>> Asking::take_known(ProgramInput& input) {
    if (!context_.record_cache) co_return std::vector<std::string>();
    auto embeddings = co_await fetch_embeddings(context_);
    questions_.clear();
    co_return co_await on_io(context_.io,
                             split,
                             std::ref(input),
                             std::cref(*embeddings),
                             std::ref(*context_.record_cache),
                             std::ref(questions_));
}

asio::awaitable<std::filesystem::path> Asking::run(ProgramOptions options,
                                                   ProgramInput input,
                                                   std::map<std::string, std::string> environment) {
    auto known = co_await take_known(input);
    std::filesystem::path file = round_directory(context_) / "output.jsonl";
    const bool asks = !input.samples.empty() || known.empty();
    if (asks) {
        file = co_await run_program(
            context_, std::move(options), std::move(input), std::move(environment));
    }
    if (!known.empty()) {
        co_await on_io(context_.io, write_lines, file, std::move(known), asks);
    }
    co_return file;
}

asio::awaitable<void> Asking::keep(std::filesystem::path file) const {
    if (questions_.empty()) co_return;
    Questions open = questions_;
    for (const auto& failure : context_.records.failures()) open.erase(failure.name);
    for (const SampleIndex sample : context_.records.missing().indices())
        open.erase((*context_.dataset.names)[sample]);
    const auto work = [](RecordCache& cache, const std::filesystem::path& lines, Questions asked) {
        cache.add(answers_in(lines, std::move(asked)));
    };
    co_await on_io(
        context_.io, work, std::ref(*context_.record_cache), std::move(file), std::move(open));
}

}  // namespace trommel::stages
