// The formats that predictions may be written in: a row each, in a file of its own below formats/.
#pragma once

#include "trommel/predictions/reader.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::predictions {

struct Format {
    std::string_view name;   ///< as in `format: jsonl` and `--format jsonl`
    std::string_view title;  ///< in messages
    /// Of files that are taken for it, below that of a compression; "/" is a folder.
    std::vector<std::string_view> extensions;
    std::vector<PredictionType> types;
    bool has_parts = false;          ///< a part may be read by itself
    bool rows_are_numbered = false;  ///< names may come from a list beside it
    /// Opens a file of a type that it has, as far as its header.
    std::unique_ptr<ChunkReader> (&open)(const std::filesystem::path& file,
                                         const ReadRequest& request,
                                         RowNames& names);

    bool has(PredictionType type) const;
};

std::span<const Format> formats();

/// `jsonl, csv, …`
std::string format_names();

/// Null where no format is called so.
const Format* find_format(std::string_view name);

/// The format that a file's name tells, or that it is a folder; null where neither does.
const Format* format_by_name(std::filesystem::path file);

}  // namespace trommel::predictions
