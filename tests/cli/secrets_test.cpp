// Secrets reach the programs that they are for, and nothing that a run says or leaves behind.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

const std::string program = TROMMEL_PROGRAM;
const std::string by_variable = "correct horse battery staple";
const std::string by_file = "tr0ub4dor&3 \"quoted\" \\ and more";

const std::string oracle =
    "while read -r line; do\n"
    "  name=${line#*:\\\"}; name=${name%%\\\"*}\n"
    "  answer=$(grep \"^$name,\" labels.csv)\n"
    "  echo \"{\\\"file_name\\\":\\\"$name\\\",\\\"label\\\":\\\"${answer#*,}\\\"}\"\n"
    "done\n";

/// A loop whose oracle and hook know secrets; the script of the oracle is given.
class SecretRun {
public:
    explicit SecretRun(const std::string& script) {
        test::write_small_pool(folder);
        secret.write("token", by_file + "\n");
        secret.write("key", by_variable);
        folder.write("oracle.sh", script);
        folder.write(
            "p.yaml",
            test::small_pipeline(
                "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
                "  label:\n"
                "    uses: exec.label\n"
                "    from: fetch\n"
                "    with:\n"
                "      command: [sh, oracle.sh]\n"
                "      env: {ORACLE_KEY: '${secrets.key}', ORACLE_TOKEN: 'Bearer "
                "${secrets.token}'}\n"
                "    retry: {attempts: 2, base: 1ms}\n"
                "  train: {uses: train.linear_probe, from: label}\n"
                "  evaluate: {uses: evaluate.accuracy, from: train, with: {labels: labels.csv}}\n"
                "  sample: {uses: sample, from: fetch, needs: train, with: {method: RANDOM, n_new: "
                "4}}\n"
                "  poll: {uses: poll_job, from: sample, writes: labeled}\n",
                "rounds: {max: 2}\n"
                "secrets: {key: {env: TEST_KEY}, token: {file: '" +
                    (secret / "token").string() +
                    "'}}\n"
                    "hooks:\n"
                    "  tell:\n"
                    "    on: [round_finished, run_failed]\n"
                    "    command: [sh, -c, 'echo \"key $HOOK_KEY\" >&2; exit 1']\n"
                    "    env: {HOOK_KEY: '${secrets.key}'}\n"));
    }

    Finished verb(const std::string& words) {
        const auto end =
            test::shell("cd '" + folder.path().string() + "' && TEST_KEY='" + by_variable +
                        "' SECRETS='" + secret.path().string() + "' " + program + " " + words);
        said += end.output;
        return end;
    }

    /// Whether a value of a secret is in what trommel has said, or in a file under the folder.
    void check_hidden() const {
        CHECK_THAT(said, !Contains("attery staple") && !Contains("tr0ub4dor"));
        const auto found =
            test::shell("grep -rlaE 'attery staple|tr0ub4dor' '" + folder.path().string() + "'");
        CHECK(found.output.empty());
    }

    TempDir folder;
    TempDir secret;
    std::string said;
};

}  // namespace

TEST_CASE("programs get secrets, and what they say of them is hidden everywhere",
          "[cli][secrets]") {
    SecretRun run(
        "test \"$ORACLE_KEY\" = \"$(cat \"$SECRETS/key\")\" || exit 9\n"
        "test \"$ORACLE_TOKEN\" = \"Bearer $(cat \"$SECRETS/token\")\" || exit 9\n"
        "test $TROMMEL_ATTEMPT = 2 || { env | grep -E 'KEY|TOKEN' >&2; exit 5; }\n" +
        oracle);

    CHECK(run.verb("lint p.yaml --json").code == 0);
    CHECK(run.verb("plan p.yaml").code == 0);
    CHECK(run.verb("plan p.yaml --json").code == 0);
    CHECK(run.verb("run p.yaml --run-dir r").code == 0);
    CHECK(run.verb("run p.yaml --run-dir j --json").code == 0);
    CHECK(run.verb("status r").code == 0);
    CHECK(run.verb("resume r").code == 0);
    INFO(run.said);
    CHECK_THAT(run.said,
               Contains("ORACLE_KEY=***") && Contains("ORACLE_TOKEN=Bearer ***") &&
                   Contains("exited with code 5") && Contains("key ***"));
    run.check_hidden();
}

TEST_CASE("an error that ends a run hides what a program said of secrets", "[cli][secrets]") {
    SecretRun run("echo \"denied: $ORACLE_KEY\" >&2\nexit 3\n");

    CHECK(run.verb("run p.yaml --run-dir r").code == 1);
    CHECK(run.verb("status r").code == 0);
    CHECK(run.verb("resume r").code == 1);
    CHECK_THAT(run.said, Contains("denied: ***"));
    run.check_hidden();
}

TEST_CASE("a secret whose begin is no longer there is hidden as well", "[cli][secrets]") {
    // Of what a program says the last 4 KiB are quoted: they may begin in the midst of the secret.
    SecretRun run(
        "printf 'xx%s' \"$ORACLE_KEY\" >&2\n"
        "head -c 4080 /dev/zero | tr '\\0' '.' >&2\nexit 3\n");

    CHECK(run.verb("run p.yaml --run-dir r").code == 1);
    CHECK_THAT(run.said, Contains("....") && !Contains("staple."));
    run.check_hidden();
}

TEST_CASE("a program that writes a secret into its records ends the run", "[cli][secrets]") {
    SecretRun run("echo \"{\\\"file_name\\\": \\\"$ORACLE_KEY\\\"}\"\n");

    CHECK(run.verb("run p.yaml --run-dir r").code == 1);
    CHECK_THAT(run.said, Contains("the program wrote the secret 'key' into its output"));
    run.check_hidden();
}

TEST_CASE("a secret that is not set ends a run before it begins", "[cli][secrets]") {
    SecretRun run(oracle);
    const auto end = test::shell("cd '" + run.folder.path().string() + "' && " + program +
                                 " run p.yaml --run-dir r");
    CHECK(end.code == 2);
    CHECK_THAT(end.output,
               Contains("error[unset-secret]: secret 'key': the environment variable 'TEST_KEY' is "
                        "not set"));
    CHECK(!std::filesystem::exists(run.folder / "r"));
}

}  // namespace trommel
