// A test of a pipeline: what appears under `tests:` in its file.
#pragma once

#include "trommel/pipeline/definition/matrix_spec.hpp"
#include "trommel/pipeline/language/expression.hpp"
#include "trommel/pipeline/language/source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// Something that goes wrong because the test wants it to.
struct FaultSpec {
    enum class Kind {
        transient,  ///< the attempt fails, and another may succeed
        permanent,  ///< the attempt fails, and so would any other
        hang,       ///< the attempt does not end by itself
        shortened,  ///< the attempt ends well, but what it sends last is lost
        kill        ///< the process is killed when the round has ended, and the run resumed
    };

    Kind kind = Kind::transient;
    std::string stage{};                   ///< empty: of a kill
    std::optional<std::uint32_t> round{};  ///< none: in every round
    /// How many attempts of the stage in a round it strikes, after those that faults before it in
    /// the list have struck.
    std::int64_t attempts = 1;
    Place place{};
    Place stage_place{};  ///< where there is no such stage to be found
};

/// The word that a file has for it.
std::string_view to_text(FaultSpec::Kind kind);

/// How a run can end.
enum class TestOutcome {
    ok,
    failed,    ///< with an error
    exhausted  ///< by `rounds.max`, where `on_exhausted` is `fail`
};

std::string_view to_text(TestOutcome outcome);

/// A condition on what a run has left.
struct Expectation {
    Expression condition;
    std::string text{};  ///< as it is written
    Place place{};
};

struct TestSpec {
    std::string name{};
    Place place{};
    Overrides params{};
    std::optional<std::int64_t> max_rounds{};  ///< none: those of the file
    std::vector<FaultSpec> faults{};
    TestOutcome outcome = TestOutcome::ok;
    Place outcome_place{};  ///< that of the test where it is not written
    std::string error{};    ///< part of the error's message; empty: any
    Place error_place{};
    std::vector<Expectation> that{};
};

}  // namespace trommel
