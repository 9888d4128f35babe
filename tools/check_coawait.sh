#!/bin/bash
# Finds the co_await expressions that g++ 12 compiles wrongly, on clang's syntax tree. All have one
# cure: give the object, or what is awaited, a name on a line of its own, then use the name.
#
#   tools/check_coawait.sh [FOLDER | FILE.cpp…]   those files, or all of the folder (src and tests by default) that co_await
#                                                 or include a header that does
#   tools/check_coawait.sh --self-test   proves that all forms are found, and no good one is
#
# It needs clang-query-14 and the compile commands of a configured build (BUILD, build/release by default).
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build/release}
sample=tools/check_coawait_sample.cpp
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/query" <<'QUERY'
set bind-root false
let ours isExpansionInFileMatching("/(include/trommel|src|tests|tools)/")
let scoped forFunction(decl().bind("body"))
let here forFunction(equalsBoundNode("body"))
let object hasType(qualType(hasCanonicalType(hasDeclaration(cxxRecordDecl()))))
let waits expr(anyOf(coawaitExpr(), hasDescendant(coawaitExpr(here))))
let capture lambdaExpr(here, hasDescendant(fieldDecl(object))).bind("destroyed-twice")
let aggregate initListExpr(here, object).bind("destroyed-twice")
let choice conditionalOperator(here, object).bind("destroyed-twice")
let inaggregate initListExpr(ours, scoped, hasDescendant(coawaitExpr(here))).bind("destroyed-twice")
let inchoice conditionalOperator(ours, scoped, hasDescendant(coawaitExpr(here))).bind("destroyed-twice")
let inif ifStmt(ours, scoped, hasCondition(waits)).bind("body-skipped")
let inwhile whileStmt(ours, scoped, hasCondition(waits)).bind("body-skipped")
let indo doStmt(ours, scoped, hasCondition(waits)).bind("body-skipped")
let infor forStmt(ours, scoped, hasCondition(waits)).bind("body-skipped")
let inswitch switchStmt(ours, scoped, hasCondition(waits)).bind("body-skipped")
let within coawaitExpr(ours, scoped, eachOf(forEachDescendant(capture), forEachDescendant(aggregate), forEachDescendant(choice)))
match stmt(anyOf(within, inaggregate, inchoice, inif, inwhile, indo, infor, inswitch))
QUERY

# What clang 14 has to be told: that it has coroutines, and to keep quiet about g++'s options.
as_clang=(-D__cpp_impl_coroutine=201902L -DASIO_HAS_CO_AWAIT=1 -DASIO_HAS_STD_COROUTINE=1 -w -Wno-error)

# FILE… on stdin -> FILE:LINE:COLUMN: hazard, or clang's errors.
hazards() {
    { xargs -r -d '\n' -P 2 -n 1 clang-query-14 -p "$work" -f "$work/query" "${as_clang[@]/#/--extra-arg=}" 2>&1 || true; } |
        sed -nE -e "s|^$PWD/||" -e 's/: note: "([a-z]+-[a-z]+)" binds here$/: co_await: \1; name it first/p' \
            -e '/([Ee]rror|Cannot|No such)/p' |
        sort -u
}

# All files that wait, outside comments, or that include a header that does (for its templates).
waiting_files() {
    local headers
    headers=$(grep -rlE '^[^/]*co_await' include src tests --include='*.hpp' | sed -E 's,^(include|src|tests)/,,' || true)
    { grep -rlE '^[^/]*co_await' "$@" --include='*.cpp' || true
      [ -z "$headers" ] || grep -rlFf <(sed 's/.*/#include "&"/' <<< "$headers") "$@" --include='*.cpp' || true
    } | sort -u
}

# The build's commands without g++'s precompiled headers, which clang cannot read.
read_commands() {
    [ -f "$build/compile_commands.json" ] ||
        { echo "no $build/compile_commands.json; run cmake --preset release first, or set BUILD"; exit 1; }
    sed -E 's/-include [^ "]*cmake_pch\.hxx//g' "$build/compile_commands.json" > "$work/compile_commands.json"
}

# FILE… on stdin -> the files that are compiled for them: a unity build compiles several as one.
compiled_files() {
    local unities file unity
    unities=$(grep -oE '"[^" ]*/unity_[0-9]+_cxx\.cxx"' "$work/compile_commands.json" | tr -d '"' | sort -u || true)
    while read -r file; do
        unity=$([ -z "$unities" ] || grep -lxF "#include \"$PWD/$file\"" $unities || true)
        echo "${unity:-$file}"
    done | sort -u
}

self_test() {
    printf '[{"directory": "%s", "file": "%s", "command": "c++ -std=c++20 -c %s"}]\n' \
        "$PWD" "$PWD/$sample" "$PWD/$sample" > "$work/compile_commands.json"
    hazards <<< "$PWD/$sample" > "$work/found"
    diff <(grep -n '// bad' "$sample" | cut -d: -f1) <(cut -d: -f2 "$work/found" | sort -nu) ||
        { cat "$work/found"; echo "self-test failed: < must be found, > must not"; exit 1; }
    echo "self-test: $(grep -c '// bad' "$sample") hazards found, no good line flagged"
}

if [ "${1:-}" = --self-test ]; then
    self_test
    exit
fi
read_commands
[ $# -gt 0 ] || set -- src tests
found=$(if [ -d "$1" ]; then waiting_files "$@"; else printf '%s\n' "$@"; fi | compiled_files | hazards)
echo "${found:-no hazardous co_await}"
[ -z "$found" ]
