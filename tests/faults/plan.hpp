// Plan: what is to happen to the calls of this process that touch files under one folder.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace trommel::faults {

/// What a call does to a file.
enum class Effect {
    bytes,   ///< writes some
    create,  ///< makes it
    sync,    ///< waits until it is on the disk
    other,   ///< renames, shortens or removes it
};

/// What is to happen to a call.
enum class Fate { carry_out, kill, cut_power, tear, no_space, no_sync };

/// Read once from the environment, which is then cleared of it: what this process starts is left
/// alone.
///
/// `TROMMEL_FAULTS_DIR` names the folder, `TROMMEL_FAULTS` the fault, where N counts the calls from
/// 1:
///   kill:N        SIGKILL before call N
///   torn:N        SIGKILL in call N: half of its bytes are written; others than writes are whole
///   power:N       the same as kill:N, and what was not synced is gone from the files, see Disk
///   full:N        from call N on every write, and the making of every file, fails with ENOSPC
///   squeezed:N    the same until a file of a MiB or more is removed, which makes room
///   full-once:N   the first of these does, the disk has space again afterwards
///   sync-error:N  from call N on the first fsync or fdatasync fails with EIO
///   count:FILE    nothing; FILE gets a line for each call: its name and the path in the folder
/// Anything else ends the process with code 99.
class Plan {
public:
    static Plan& of_this_process();

    /// Counts the call and says what is to happen to it. Any thread may ask.
    Fate next(const char* call, Effect effect, const std::string& path);
    /// A file of so many bytes is about to be removed.
    void removing(const std::string& path, std::int64_t bytes);
    /// Whether anything can happen to calls on this file.
    bool concerns(const std::string& path) const;

private:
    enum class Kind { none, kill, power, torn, full, squeezed, full_once, sync_error, count };

    Plan();
    void parse(const std::string& fault);
    void note(const char* call, const std::string& path) const;
    Fate fate(std::uint64_t number, Effect effect);

    std::string folder_;
    Kind kind_ = Kind::none;
    std::uint64_t from_ = 0;
    int listing_ = -1;
    std::atomic<std::uint64_t> calls_ = 0;
    std::atomic<bool> happened_ = false;  ///< of squeezed: that room was made
};

}  // namespace trommel::faults
