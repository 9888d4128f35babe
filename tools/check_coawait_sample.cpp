// What check_coawait.sh --self-test must find: the lines marked "bad", and no others.
#include <coroutine>
#include <memory>
#include <string>
#include <vector>

namespace {

template <typename T>
struct Task {
    struct Promise {
        Task get_return_object() { return {}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_value(T) {}
        void unhandled_exception() {}
    };
    using promise_type = Promise;

    bool await_ready() const { return true; }
    void await_suspend(std::coroutine_handle<>) const {}
    T await_resume() const { return {}; }
};

struct Options {
    int size = 0;
    std::string name;
};

struct Pair {
    std::string first;
    std::string second;
};

Task<std::string> read(std::string text);
Task<std::string> read_with(Options options);
Task<bool> ready();
Task<std::unique_ptr<int>> receive();
template <typename Work>
Task<int> run(Work work);

Task<int> bad(std::string text, bool flag) {
    co_await read_with({.size = 1, .name = "x"});             // bad
    co_await read_with(Options{1, text});                     // bad
    co_await run([text] { return text.size(); });             // bad
    auto named = co_await run([copy = text] { return 1; });   // bad
    Pair both{co_await read(text), co_await read(text)};      // bad
    auto either = flag ? co_await read(text) : text;          // bad
    co_await read(flag ? std::string("a") : std::string());   // bad
    if (co_await ready()) co_return 1;                        // bad
    while (!co_await ready()) text += 'x';                    // bad
    do text += 'x';                                           // bad
    while (co_await ready());
    switch (int(co_await ready())) { default: break; }        // bad
    for (; co_await ready();) text += 'x';                    // bad
    const auto inner = [](std::string name) -> Task<int> {
        co_await read_with({.size = 2, .name = name});        // bad
        co_return 0;
    };
    co_return co_await inner(text);
}

template <typename T>
Task<int> bad_template(T text) {
    co_await read_with({.size = 1, .name = text});            // bad
    co_return 0;
}

Task<int> good(std::string text, bool flag) {
    const Options options{.size = 1, .name = text};
    co_await read_with(options);
    auto a = co_await read(std::string("temporary") + text);
    text = co_await read(std::move(text));
    while (auto item = co_await receive()) text += std::to_string(*item);
    if (const bool is_ready = co_await ready(); is_ready) co_return 2;
    co_await run([&text] { return text.size(); });
    co_await run([flag] { return flag; });
    co_await run([] { return Options{.size = 3, .name = "in a body of its own"}; });
    const auto b = co_await run([](bool c) { return c ? std::string("a") : std::string(); });
    auto work = [text] { return text.size(); };
    co_await run(std::move(work));
    for (const auto& name : std::vector<std::string>{a, text}) co_await read(name);
    const auto c = co_await run(flag ? 1 : 2);
    co_await bad_template(std::string());
    co_return b + c;
}

}  // namespace
