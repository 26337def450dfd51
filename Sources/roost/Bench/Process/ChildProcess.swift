import Glibc

/// A program that this one started. Its standard output is read here, its standard error goes into a file.
final class ChildProcess {
  let id: pid_t
  private let output: Int32
  private var unread: [UInt8] = []
  private var isReaped = false

  /// Starts `arguments[0]` with this process's environment and `environment` (`NAME=value`) on top.
  init(_ arguments: [String], environment: [String] = [], errors: String) throws(Failure) {
    var pipes: [Int32] = [0, 0]
    guard pipe(&pipes) == 0 else { throw .system("pipe") }
    // Programs started later must not hold the ends open.
    for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // The threads of this process hold back signals, such as the alarm by which openssl speed ends, and it ignores those
    // by which smtp-sink ends.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var nothing = sigset_t()
    sigemptyset(&nothing)
    posix_spawnattr_setsigmask(&attributes, &nothing)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var argumentList: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var environmentList: [UnsafeMutablePointer<CChar>?] =
      (environment + Self.ownEnvironment()).map { strdup($0) } + [nil]
    defer { for text in argumentList + environmentList { free(text) } }
    var id: pid_t = 0
    let failure = posix_spawn(&id, arguments[0], &actions, &attributes, &argumentList, &environmentList)
    close(pipes[1])
    guard failure == 0 else {
      close(pipes[0])
      throw .system("start of \(arguments[0])", failure)
    }
    self.id = id
    Leftovers.shared.add(process: id)
    output = pipes[0]
  }

  deinit {
    if !isReaped {
      kill(id, SIGKILL)
      wait()
    }
    close(output)
  }

  /// The first line of output that starts with `prefix`, without it.
  func line(after prefix: String, timeoutSeconds: Int) throws(Failure) -> String {
    let watch = Stopwatch()
    while watch.seconds < Double(timeoutSeconds) {
      while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread.removeSubrange(...end)
        if line.hasPrefix(prefix) { return String(line.dropFirst(prefix.count)) }
      }
      var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 100) > 0 else { continue }
      var part = [UInt8](repeating: 0, count: 4_096)
      let count = read(output, &part, part.count)
      guard count > 0 else { break }
      unread += part[..<count]
    }
    throw Failure(.unavailable, "process \(id) did not print \"\(prefix)…\" within \(timeoutSeconds) s")
  }

  /// Everything that it writes until it ends.
  func wholeOutput(timeoutSeconds: Int) throws(Failure) -> String {
    let watch = Stopwatch()
    while watch.seconds < Double(timeoutSeconds) {
      var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 100) > 0 else { continue }
      var part = [UInt8](repeating: 0, count: 4_096)
      let count = read(output, &part, part.count)
      guard count > 0 else {
        let status = wait()
        guard status == 0 else { throw Failure(.unavailable, "process \(id) ended with \(status)") }
        return String(decoding: unread, as: UTF8.self)
      }
      unread += part[..<count]
    }
    throw Failure(.unavailable, "process \(id) did not end within \(timeoutSeconds) s")
  }

  func signal(_ number: Int32) { kill(id, number) }

  /// Waits for the end; the exit code, or 128 and the signal's number.
  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    isReaped = true
    Leftovers.shared.remove(process: id)
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  /// From /proc, since the C variable `environ` may be changed by other threads.
  private static func ownEnvironment() -> [String] {
    File.bytes("/proc/self/environ").split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Failure {
  /// A call of the operating system that failed.
  static func system(_ call: String, _ code: Int32 = errno) -> Failure {
    Failure(.unavailable, "\(call): \(systemText(code))")
  }
}
