import Glibc
import RoostCore
import Runtime

/// Checks of the machine: disk, permissions, clock, port.
enum MachineChecks {
  /// Room for the data, in the directory or in the one it would be made in.
  static func disk(_ data: String, reserveBytes: Int) -> Finding {
    guard let free = freeDiskBytes(existing(data)) else {
      return Finding(
        check: "disk", status: .problem, cause: "the free space at \(data) cannot be read: \(systemText(errno))",
        remedy: "check that the path exists and may be entered")
    }
    let text = "\(grouped(free >> 20)) MiB free at \(data)"
    if free < reserveBytes {
      return Finding(
        check: "disk", status: .problem,
        cause: "\(text), less than the reserve of \(grouped(reserveBytes >> 20)) MiB: nothing is accepted",
        remedy: "free space, or move the data directory to a larger disk")
    }
    if free < 4 * reserveBytes {
      return Finding(
        check: "disk", status: .warning, cause: text,
        remedy: "free space soon: below \(grouped(reserveBytes >> 20)) MiB nothing is accepted")
    }
    return Finding(check: "disk", status: .ok, cause: text)
  }

  /// Whether the server can keep its data, and nobody else can read its secrets.
  static func permissions(_ data: String) -> [Finding] {
    var status = stat()
    guard stat(data, &status) == 0 else {
      let parent = existing(data)
      guard errno == ENOENT, access(parent, W_OK | X_OK) == 0 else {
        return [
          Finding(
            check: "permissions", status: .problem, cause: "\(data) cannot be made: \(parent): \(systemText(errno))",
            remedy: "make it for the user that runs the server, or choose another with --data")
        ]
      }
      return [Finding(check: "permissions", status: .ok, cause: "\(data) is not there yet and can be made")]
    }
    guard status.st_mode & S_IFMT == S_IFDIR, access(data, R_OK | W_OK | X_OK) == 0 else {
      return [
        Finding(
          check: "permissions", status: .problem, cause: "\(data) is no directory that this user may write",
          remedy: "run as the user that owns it, or chown it to this one")
      ]
    }
    let open = ["operator.token", "installation.secret"].compactMap { name -> Finding? in
      var status = stat()
      guard stat(data + "/" + name, &status) == 0, status.st_mode & 0o077 != 0 else { return nil }
      return Finding(
        check: "permissions", status: .problem,
        cause: "\(data)/\(name) can be read by others (mode \(String(status.st_mode & 0o777, radix: 8)))",
        remedy: "chmod 600 \(data)/\(name)")
    }
    return open.isEmpty
      ? [Finding(check: "permissions", status: .ok, cause: "\(data) can be written, its secrets are closed")] : open
  }

  /// A year that can be, and whether something keeps the clock right.
  static func clock() -> Finding {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let now = Instant(milliseconds: Int64(time.tv_sec) * 1_000)
    guard (2_025...2_100).contains(now.date.year) else {
      return Finding(
        check: "clock", status: .problem, cause: "the machine's clock says \(now.text)",
        remedy: "set the clock and run a time service such as chrony or systemd-timesyncd")
    }
    switch ClockState.current {
    case .synchronized: return Finding(check: "clock", status: .ok, cause: "\(now.text), kept by a time service")
    case .unsynchronized:
      return Finding(
        check: "clock", status: .warning, cause: "\(now.text), but no time service keeps it right",
        remedy: "run chrony or systemd-timesyncd; in a container the host's clock counts")
    case .unknown: return Finding(check: "clock", status: .ok, cause: "\(now.text)")
    }
  }

  /// Whether local times can be told: the server does not start without the tz database.
  static func zones() -> Finding {
    let directory = TimeZoneDatabase.directory
    do throws(Problem) {
      let zones = try TimeZoneDatabase.read(directory)
      guard zones.damaged.isEmpty else {
        return Finding(
          check: "time zones", status: .warning,
          cause: "\(zones.damaged.count) files in \(directory) are damaged, \(zones.damaged[0]) among them",
          remedy: "install the package tzdata anew")
      }
      return Finding(check: "time zones", status: .ok, cause: "\(zones.count) time zones in \(directory)")
    } catch {
      return Finding(
        check: "time zones", status: .problem, cause: "there is no time zone database in \(directory)",
        remedy: "install the package tzdata, or name its directory in TZDIR")
    }
  }

  /// Whether a server could listen.
  static func port(_ host: String, _ port: Int) -> Finding {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &found)
    defer { if found != nil { freeaddrinfo(found) } }
    guard code == 0, let address = found?.pointee else {
      return Finding(
        check: "port", status: .problem,
        cause: "\(host) is no address of this machine: \(String(cString: gai_strerror(code)))",
        remedy: "choose another with --host")
    }
    let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
    defer { close(descriptor) }
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
      return Finding(
        check: "port", status: .problem, cause: "\(host):\(port) cannot be taken: \(systemText(errno))",
        remedy: "end what listens there, or choose another with --port")
    }
    return Finding(check: "port", status: .ok, cause: "\(host):\(port) is free")
  }

  /// The nearest directory that exists, from `path` upwards.
  private static func existing(_ path: String) -> String {
    var path = path
    while access(path, F_OK) != 0 {
      guard let slash = path.lastIndex(of: "/") else { return "." }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
    return path
  }
}
