import Channels
import Glibc
import RoostCore

/// Encryptions of web push messages, each with a fresh key pair, beside pywebpush's of the same text to the same browser:
/// on one core, and on all cores in tasks beside one another, as the transport does it.
struct WebPushBench {
  let python: String
  /// Asked for by name: then a missing Python is a failure.
  let isNamed: Bool
  let sheet: FigureSheet

  private static let rounds = 5
  private static let messages = 5_000
  /// RFC 8291 5: the browser of the example.
  private static let keys = (
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg"
  )
  private static let text =
    #"{"title":"Your order is on its way","body":"It arrives on Tuesday.","url":"https://shop.example/o/1"}"#

  func run() async throws(Failure) {
    guard
      let browser = PushSubscription(endpoint: "https://push.example/1", keys: "\(Self.keys.p256dh).\(Self.keys.auth)")
    else { throw Failure(.foundProblem, "the subscription of RFC 8291 cannot be read") }
    let plain = Array(Self.text.utf8)
    let isCompared = try isPythonThere()
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    var (one, all, theirs): ([Double], [Double], [Double]) = ([], [], [])
    // In turns, so that what else the machine does meets all of them.
    for _ in 0..<Self.rounds {
      one.append(try Self.rate(plain, browser))
      all.append(try await Self.rate(plain, browser, tasks: cores))
      if isCompared { theirs.append(try pywebpush()) }
    }
    let ours: [Figure.Detail] = [
      .init(name: "one core", value: one.median, unit: "a second"),
      .init(name: "\(cores) cores by the clock", value: all.median, unit: "a second"),
    ]
    guard isCompared else {
      return sheet.add(
        Figure(name: "web push encryptions, one core", value: one.median, unit: "a second", details: [ours[1]]))
    }
    sheet.add(
      Figure(
        name: "web push encryptions, of pywebpush's", value: one.median / theirs.median, unit: "×", target: .atLeast(2),
        details: ours + [
          .init(name: "pywebpush, one process", value: theirs.median, unit: "a second"),
          .init(name: "\(cores) cores of one process of pywebpush", value: all.median / theirs.median, unit: "×"),
        ]))
  }

  /// Encryptions a second of processor time.
  private static func rate(_ plain: [UInt8], _ browser: PushSubscription) throws(Failure) -> Double {
    let watch = Stopwatch()
    try encrypt(plain, browser, times: messages)
    return Double(messages) / watch.cpuSeconds
  }

  /// Encryptions a second by the clock.
  private static func rate(_ plain: [UInt8], _ browser: PushSubscription, tasks: Int) async throws(Failure) -> Double {
    let watch = Stopwatch()
    let failures = await withTaskGroup(of: Failure?.self) { group in
      for _ in 0..<tasks {
        group.addTask {
          do throws(Failure) {
            try encrypt(plain, browser, times: messages)
            return nil
          } catch { return error }
        }
      }
      return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
    }
    if let failure = failures.first { throw failure }
    return Double(tasks * messages) / watch.seconds
  }

  private static func encrypt(_ plain: [UInt8], _ browser: PushSubscription, times: Int) throws(Failure) {
    do throws(PushEncryptionError) {
      for _ in 0..<times { _ = try PushEncryption.encrypt(plain, for: browser) }
    } catch { throw Failure(.foundProblem, "a message cannot be encrypted: \(error)") }
  }

  private func isPythonThere() throws(Failure) -> Bool {
    if File.exists(python) { return true }
    guard !isNamed else { throw Failure(.unavailable, "\(python) is not there; run scripts/setup.sh push") }
    sheet.say("web push is not compared: \(python) is not there; scripts/setup.sh push makes it")
    return false
  }

  /// Encryptions a second of processor time by pywebpush, which leaves them to http_ece.
  private func pywebpush() throws(Failure) -> Double {
    let process = try ChildProcess(
      [python, "-c", Self.program],
      environment: ["P256DH=" + Self.keys.p256dh, "AUTH=" + Self.keys.auth, "TEXT=" + Self.text], errors: "/dev/null")
    let line = try process.line(after: "encryptions ", timeoutSeconds: 120)
    process.wait()
    guard let rate = Double(line) else { throw Failure(.foundProblem, "pywebpush says nothing that can be read") }
    return rate
  }

  private static let program = """
    import os, time
    from pywebpush import WebPusher
    keys = {"p256dh": os.environ["P256DH"], "auth": os.environ["AUTH"]}
    pusher = WebPusher({"endpoint": "https://push.example/1", "keys": keys})
    text = os.environ["TEXT"].encode()
    def rate(messages):
        start = time.process_time()
        for _ in range(messages):
            pusher.encode(text, "aes128gcm")
        return messages / (time.process_time() - start)
    rate(200)
    print("encryptions", rate(4000), flush=True)
    """
}
