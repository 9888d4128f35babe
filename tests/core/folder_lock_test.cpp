#include "trommel/core/folder_lock.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

namespace trommel {

using Catch::Matchers::Contains;
using test::TempDir;

TEST_CASE("a folder is locked by one alone, and free again afterwards", "[core]") {
    TempDir folder;
    {
        const FolderLock lock(folder.path());
        CHECK(FolderLock::holder(folder.path()) == ::getpid());
        CHECK_THROWS_WITH(
            FolderLock(folder.path()),
            Contains(folder.path().string()) && Contains("process " + std::to_string(::getpid())));
    }
    CHECK_FALSE(FolderLock::holder(folder.path()));
    CHECK_NOTHROW(FolderLock(folder.path()));
}

}  // namespace trommel
