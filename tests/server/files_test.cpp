#include "server/server_bench.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

namespace trommel::test {

namespace {

struct OneSample {
    OneSample(ServerBench& bench, const std::string& name) {
        dataset = bench.post("/v1/datasets", R"({"name":"pool"})").id();
        path = "/v1/datasets/" + dataset;
        const auto made =
            bench.post(path + "/samples/withWriteUrls", R"({"fileName":")" + name + "\"}");
        REQUIRE(made.status == 201);
        id = made.id();
        const auto urls = made.json();
        full =
            ServerBench::target_of(std::string(urls.at("sampleWriteUrls").at("full").as_string()));
        thumbnail =
            ServerBench::target_of(std::string(urls.at("sampleWriteUrls").at("thumb").as_string()));
    }

    std::string read_url(ServerBench& bench, const std::string& type) const {
        const auto url = bench.get(path + "/samples/" + id + "/readurl?type=" + type).json();
        return ServerBench::target_of(std::string(url.as_string()));
    }

    std::string dataset{};
    std::string path{};
    std::string id{};
    std::string full{};
    std::string thumbnail{};
};

std::string bytes() {
    std::string text;
    for (int i = 0; i < 700'000; ++i) text += static_cast<char>(i * 7 + i / 256);
    return text;
}

}  // namespace

TEST_CASE("a dataset is as large as its images", "[server]") {
    ServerBench bench;
    const OneSample sample(bench, "a.jpg");
    const auto size = [&] { return bench.get(sample.path).json().at("sizeInBytes").as_int64(); };
    CHECK(size() == 0);
    bench.put(sample.full, "12345");
    bench.put(sample.thumbnail, "123");
    CHECK(size() == 5);
    bench.put(sample.full, "12");
    CHECK(size() == 2);
    bench.reopen();
    CHECK(size() == 2);
}

TEST_CASE("an image and its thumbnail go up and come back", "[server]") {
    ServerBench bench;
    const OneSample sample(bench, "dir/a b.jpg");
    CHECK(bench.get(sample.read_url(bench, "full")).status == 404);
    http::Request request;
    request.method = "PUT";
    request.target = sample.full;
    request.body = http::Body(std::make_unique<SlowBody>(bytes(), 10'007));
    const auto put = bench.send(std::move(request));
    CHECK(put.status == 200);
    CHECK(put.text.empty());
    CHECK(bench.put(sample.thumbnail, "small").status == 200);

    const auto image = bench.get(sample.read_url(bench, "full"));
    CHECK(image.status == 200);
    CHECK(image.text == bytes());
    CHECK(image.headers.get("Content-Type") == "image/jpeg");
    CHECK(bench.get(sample.read_url(bench, "thumbnail")).text == "small");
    CHECK(read_file(bench.folder() / "server/images" / sample.dataset / "dir/a b.jpg") == bytes());
    const auto redirect =
        bench.get(sample.path + "/samples/" + sample.id + "/readurlRedirect?type=full");
    CHECK(redirect.status == 302);
    CHECK(bench.get(ServerBench::target_of(std::string(redirect.headers.get("Location")))).text ==
          bytes());
    CHECK(bench.put(sample.full, "new").status == 200);
    CHECK(bench.get(sample.read_url(bench, "full")).text == "new");
}

TEST_CASE("the write URL of 1.1.0 is for either file", "[server]") {
    ServerBench bench;
    const OneSample sample(bench, "a.png");
    const auto url = [&](const std::string& query) {
        const auto text = bench.get(sample.path + "/samples/" + sample.id + "/writeurl" + query);
        return ServerBench::target_of(std::string(text.json().as_string()));
    };
    CHECK(bench.put(url("?isThumbnail=True"), "thumb").status == 200);
    CHECK(bench.put(url("?isThumbnail=False"), "full").status == 200);
    CHECK(bench.get(sample.read_url(bench, "thumbnail")).text == "thumb");
    CHECK(bench.get(sample.read_url(bench, "full")).text == "full");
}

TEST_CASE("a URL that was not signed for this opens nothing", "[server]") {
    ServerBench bench;
    const OneSample sample(bench, "a.jpg");
    CHECK(bench.get(sample.full).status == 403);
    CHECK(bench.put(sample.full + "0", "x").status == 403);
    auto other = sample.full;
    CHECK(bench.put(other.replace(other.find("/full"), 5, "/thumbnail"), "x").status == 403);
    CHECK(bench.put(sample.full.substr(0, sample.full.find('?')), "x").status == 403);
    CHECK(bench.put(sample.full, "x").status == 200);
}

TEST_CASE("a name that leads out of the folder has no image", "[server]") {
    ServerBench bench;
    const auto name = GENERATE("../../secret", "/etc/passwd", "a/../../b", "..", "a//b", "a/");
    const OneSample sample(bench, name);
    const auto answer = bench.put(sample.full, "x");
    CHECK(answer.status == 422);
    CHECK_THAT(answer.text, Catch::Contains("is not a name of a file within a folder"));
    CHECK(bench.get(sample.read_url(bench, "full")).status == 422);
    CHECK(std::filesystem::is_empty(bench.folder() / "server/images"));
    CHECK(std::filesystem::is_empty(bench.folder() / "server/drafts"));
}

TEST_CASE("a name that no file can have is refused, and the server goes on", "[server]") {
    ServerBench bench;
    const OneSample sample(bench, std::string(256, 'x'));
    CHECK(bench.put(sample.full, "x").status == 422);
    const auto path = sample.path + "/samples/withWriteUrls";
    const auto url = [&](const std::string& name) {
        const auto made = bench.post(path, R"({"fileName":")" + name + "\"}").json();
        return ServerBench::target_of(
            std::string(made.at("sampleWriteUrls").at("full").as_string()));
    };
    CHECK(bench.put(url("a"), "file").status == 200);
    // A file is in the place of the folder that this would need.
    CHECK(bench.put(url("a/b"), "x").status == 422);
    CHECK(std::filesystem::is_empty(bench.folder() / "server/drafts"));
    CHECK(bench.put(url("c"), "file").status == 200);
}

TEST_CASE("an upload that breaks off leaves nothing behind", "[server]") {
    class Broken final : public http::BodySource {
    public:
        asio::awaitable<std::string> next() override {
            if (std::exchange(begun_, true)) throw std::runtime_error("the client is gone");
            co_return std::string(1000, 'x');
        }

    private:
        bool begun_ = false;
    };
    ServerBench bench;
    const OneSample sample(bench, "a.jpg");
    http::Request request;
    request.method = "PUT";
    request.target = sample.full;
    request.body = http::Body(std::make_unique<Broken>());
    CHECK(bench.send(std::move(request)).status == 500);
    CHECK(std::filesystem::is_empty(bench.folder() / "server/drafts"));
    CHECK(bench.get(sample.read_url(bench, "full")).status == 404);
}

TEST_CASE("no link is followed to a file, in either direction", "[server]") {
    ServerBench bench;
    const TempDir outside;
    const auto secret = outside.write("secret.jpg", "of others");
    const OneSample sample(bench, "a.jpg");
    const auto folder = bench.folder() / "server/images" / sample.dataset;
    std::filesystem::create_directories(folder);
    std::filesystem::create_symlink(secret, folder / "a.jpg");
    CHECK(bench.get(sample.read_url(bench, "full")).status == 404);
    // An upload takes the place of the link, and does not write where it leads.
    CHECK(bench.put(sample.full, "mine").status == 200);
    CHECK(read_file(secret) == "of others");
    CHECK(bench.get(sample.read_url(bench, "full")).text == "mine");

    const auto made =
        bench.post(sample.path + "/samples/withWriteUrls", R"({"fileName":"dir/secret.jpg"})");
    std::filesystem::create_directory_symlink(outside.path(), folder / "dir");
    const auto urls = made.json().at("sampleWriteUrls");
    const auto full = ServerBench::target_of(std::string(urls.at("full").as_string()));
    CHECK(bench.put(full, "mine").status == 422);
    CHECK(read_file(secret) == "of others");
    const auto url = bench.get(sample.path + "/samples/" + made.id() + "/readurl?type=full").json();
    CHECK(bench.get(ServerBench::target_of(std::string(url.as_string()))).status == 404);
    CHECK(std::filesystem::is_empty(bench.folder() / "server/drafts"));
}

TEST_CASE("only a regular file is sent", "[server]") {
    ServerBench bench;
    const OneSample sample(bench, "a.jpg");
    const auto folder = bench.folder() / "server/images" / sample.dataset;
    std::filesystem::create_directories(folder);
    REQUIRE(::mkfifo((folder / "a.jpg").c_str(), 0600) == 0);
    CHECK(bench.get(sample.read_url(bench, "full")).status == 404);
    std::filesystem::remove(folder / "a.jpg");
    std::filesystem::create_directory(folder / "a.jpg");
    CHECK(bench.get(sample.read_url(bench, "full")).status == 404);
}

}  // namespace trommel::test
