// Answers: labels that a program has given, kept from the moment they arrive.
#pragma once

#include "stages/join/name_join.hpp"
#include "trommel/core/record_log.hpp"
#include "trommel/pipeline/stage/ports.hpp"
#include "trommel/pipeline/stage/records.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trommel::stages {

/// The labels of a run's samples in a log, `{"file_name":"a.jpg","label":"cat"}` a record. They
/// were paid for, so they stay, whatever becomes of the program, the round or this process. All
/// calls block.
class Answers {
public:
    struct Answer {
        std::string file_name;
        std::string label;
    };

    /// Opens the log, or makes it. Throws DataError where a label in it is damaged, unless it may
    /// be asked for again.
    Answers(const std::filesystem::path& file, const TagSetPtr& of, bool ask_again);

    const LabelBatch& known() const { return known_; }

    /// From now on answers about these samples are taken; `source` is what messages call them.
    /// `errors` outlives the answers.
    void ask(const BitMask& samples, std::filesystem::path source, RecordErrors& errors);

    /// Takes lines as the program wrote them. Those that are good are on the disk when this
    /// returns. Nothing is thrown here: a program that fails may leave half a line, and why it
    /// failed says more.
    void add(const std::vector<std::string>& lines);

    /// Tells `errors` of every line that was bad or of an unknown sample, and of samples without an
    /// answer; throws DataError where that is not tolerated, or where a sample has two.
    void check();

private:
    /// The record of one line, if it is good and new.
    std::optional<std::string> take(const std::string& line);
    Answer parsed(const std::string& line) const;
    void keep(SampleIndex sample, std::string label);

    RecordLog log_;
    LabelBatch known_;
    TagSet asked_;
    std::filesystem::path source_;
    std::optional<NameJoin> names_;
    std::optional<Coverage> coverage_;
    RecordErrors* errors_ = nullptr;
    std::size_t lines_ = 0;
    std::vector<RecordFailure> bad_;
};

}  // namespace trommel::stages
