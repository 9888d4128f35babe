#include "pipeline/definition/load/input_files.hpp"

#include "trommel/core/name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

namespace trommel {
namespace {

namespace fs = std::filesystem;

/// The names beside it that may be meant, or the folder that is missing.
std::string hint_for_missing(const fs::path& file) {
    std::error_code error;
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    std::vector<std::string> names;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        names.push_back(entry->path().filename().string());
    if (error) return fmt::format("there is no folder '{}'", shown(folder.string(), 500));
    return did_you_mean(file.filename().string(), names);
}

class FileCheck {
public:
    FileCheck(const Pipeline& pipeline, Diagnostics& diagnostics)
        : pipeline_(pipeline), diagnostics_(diagnostics) {}

    /// `reader` is the stage that reads it; null: it is read before the first round.
    void check(const NamedFile& file, const StageSpec* reader) {
        if (file.form == dataset::FileForm::unread) return;
        std::error_code ignored;
        if (!fs::exists(file.path, ignored)) return say_missing(file, reader);
        try {
            dataset::check_file(file.path, file.form);
            const bool is_pipe = fs::is_other(file.path, ignored);
            if (file.open && !is_pipe) file.open();
        } catch (const std::exception& error) {
            diagnostics_.error(file.place,
                               "wrong-file",
                               shown(error.what(), 1000),
                               fmt::format("'{}' must be {}", file.option, to_string(file.form)));
        }
    }

private:
    void say_missing(const NamedFile& file, const StageSpec* reader) {
        const auto maker = maker_before(reader);
        auto message = fmt::format("there is no file '{}'", shown(file.path.string(), 500));
        if (maker.empty())
            diagnostics_.error(
                file.place, "missing-file", std::move(message), hint_for_missing(file.path));
        else
            diagnostics_.warning(file.place,
                                 "missing-file",
                                 message + fmt::format(" yet; perhaps {} makes it", maker),
                                 hint_for_missing(file.path));
    }

    /// Who may make a file before it is read; empty: nobody.
    std::string maker_before(const StageSpec* reader) const {
        auto maker = hook_on(HookEvent::run_started);
        if (!maker.empty() || reader == nullptr) return maker;
        if (reader->when) maker = hook_on(HookEvent::round_finished);
        if (!maker.empty()) return maker;
        const auto before = awaited_by(*reader);
        for (const auto& other : pipeline_.stages) {
            const bool may = other.type != nullptr && other.type->runs_program &&
                             (reader->when || before.contains(other.name));
            if (may) return fmt::format("stage '{}'", other.name);
        }
        return {};
    }

    std::string hook_on(HookEvent event) const {
        for (const auto& hook : pipeline_.hooks)
            if (!hook.command.empty() && std::ranges::count(hook.on, event) > 0)
                return fmt::format("hook '{}'", hook.name);
        return {};
    }

    /// All stages that have ended before this one begins.
    std::set<std::string> awaited_by(const StageSpec& stage) const {
        std::set<std::string> all;
        std::vector<const StageSpec*> next{&stage};
        while (!next.empty()) {
            const StageSpec& one = *next.back();
            next.pop_back();
            for (const auto* names : {&one.from, &one.needs})
                for (const auto& name : *names)
                    if (all.insert(name).second)
                        if (const auto* before = pipeline_.find_stage(name)) next.push_back(before);
        }
        return all;
    }

    const Pipeline& pipeline_;
    Diagnostics& diagnostics_;
};

}  // namespace

void check_input_files(const Pipeline& pipeline, Diagnostics& diagnostics) {
    FileCheck check(pipeline, diagnostics);
    for (const auto& file : pipeline.files) check.check(file, nullptr);
    for (const auto& stage : pipeline.stages)
        for (const auto& file : stage.files) check.check(file, &stage);
}

}  // namespace trommel
