// The help of a verb: how to call it, with examples, before its options.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <utility>

namespace trommel::cli {

class ExamplesFirst final : public CLI::Formatter {
public:
    /// `examples` are lines, each with a line end.
    explicit ExamplesFirst(std::string examples) : examples_(std::move(examples)) {}

    /// CLI11 leaves two empty lines between groups; one is enough, and fits a screen.
    std::string make_help(const CLI::App* app,
                          std::string name,
                          CLI::AppFormatMode mode) const override {
        auto text = CLI::Formatter::make_help(app, std::move(name), mode);
        for (auto at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n"))
            text.erase(at, 1);
        return text;
    }

    std::string make_usage(const CLI::App* app, std::string name) const override {
        return CLI::Formatter::make_usage(app, std::move(name)) + "\nExamples:\n" + examples_;
    }

private:
    std::string examples_;
};

}  // namespace trommel::cli
