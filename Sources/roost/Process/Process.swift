import Glibc

/// Settles what holds for every command, before anything else runs.
func prepareProcess() {
  // A peer or a pipe that goes away is an answer to a write, not the end of the process.
  signal(SIGPIPE, SIG_IGN)
  limitArenas()
}

/// Lets the C library keep two heaps instead of eight a core: threads are few, and each idle heap holds memory.
/// `mallopt` is looked up by name because Glibc's Swift module does not show it; elsewhere nothing happens.
private func limitArenas() {
  guard let symbol = dlsym(nil, "mallopt") else { return }
  typealias Mallopt = @convention(c) (Int32, Int32) -> Int32
  let arenaMax: Int32 = -8
  _ = unsafeBitCast(symbol, to: Mallopt.self)(arenaMax, 2)
}

/// Raises the soft limit on open files to the hard one: each connection takes a descriptor.
func raiseOpenFiles() {
  var limits = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0, limits.rlim_cur < limits.rlim_max else {
    return
  }
  limits.rlim_cur = limits.rlim_max
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
}

/// The machine's monotonic clock in seconds, for rates and pauses.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The path from the root, for a process that may have another working directory.
func absolutePath(_ path: String) -> String {
  guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
  defer { free(current) }
  return String(cString: current) + "/" + path
}
