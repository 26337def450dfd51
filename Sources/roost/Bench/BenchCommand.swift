import ArgumentParser
import Glibc

/// `roost bench [NAME…]`
struct BenchCommand: AsyncParsableCommand {
  enum Name: String, ExpressibleByArgument, CaseIterable {
    case engine, liquid, single, ingest, preview, rehearsal, wakeups, broadcast, `import`, lint, dkim, webpush,
      isolation
  }

  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure this installation's speed on this machine.",
    discussion: """
      Starts servers of its own in a temporary directory and drives them over HTTP from this machine. Each figure is a \
      line "name value unit (target; ratios to something outside Roost, measured in the same run)". The whole takes \
      some minutes and up to 20 GB of disk. Nothing else should be at work meanwhile. docs/benchmarks.md says what each \
      figure means.
      """)

  @Argument(help: "Which: \(Name.allCases.map(\.rawValue).joined(separator: ", ")) (default: all).")
  var names: [Name] = []
  @Flag(help: "Small sizes: a look in less than a minute.") var quick = false
  @Option(help: "People known (default: 1000000).") var people: Int?
  @Option(help: "Events stored before ingest is measured again (default: 20000000).") var events: Int?
  @Option(help: "Events of one measurement of ingest (default: 3000000).") var measured: Int?
  @Option(help: "Events stored before the preview, and before the rehearsal (default: 10000000).") var previewEvents:
    Int?
  @Option(help: "Connections that send batches (default: 64).") var connections: Int?
  @Option(help: "Where the data lies meanwhile; a real disk, for durability is measured (default: /var/tmp).")
  var directory = "/var/tmp"
  @Option(help: "The CDNOW purchases as NDJSON, as make run fetches them.") var cdnow = ".setup/data/cdnow.ndjson"
  @Option(help: "A Python with python-liquid, as scripts/setup.sh liquid makes it.")
  var python = ".venv-liquid/bin/python"
  @Option(help: "A Python with pywebpush, as scripts/setup.sh push makes it.")
  var pushPython = ".venv-push/bin/python"
  @Option(help: "OpenSSL's program.") var openssl = "/usr/bin/openssl"
  @Option(help: "A folder with smtp-sink and smtp-source, as scripts/setup.sh smtp-sink makes it.")
  var mailTools = ".setup/bin"
  @OptionGroup var output: OutputOptions

  func validate() throws {
    for (name, value, most) in [
      ("people", people, 9_999_999), ("events", events, 1 << 40), ("measured", measured, 1 << 32),
      ("preview-events", previewEvents, 1 << 40), ("connections", connections, 4_096),
    ] {
      if let value, value < 100 && name != "connections" || value < 1 || value > most {
        throw ValidationError("--\(name) is a number from \(name == "connections" ? 1 : 100) to \(most), not \(value).")
      }
    }
  }

  func run() async throws {
    guard access(directory, W_OK) == 0 else {
      throw Failure.system("used", directory, errno, remedy: "give another --directory")
    }
    raiseOpenFiles()
    let signal = EndSignal()
    Task {
      await signal.wait()
      Leftovers.shared.clear()
      // Not `exit`: the bench, whose servers are gone, may be at it on another thread, and two of them crash.
      fflush(nil)
      _exit(130)
    }
    let sheet = FigureSheet(output.format)
    let chosen = Set(names.isEmpty ? Name.allCases : names)
    let sizes = self.sizes
    if chosen.contains(.engine) { try EngineBench(sizes: sizes, sheet: sheet).run() }
    if chosen.contains(.liquid) { try LiquidBench(python: python, isNamed: !names.isEmpty, sheet: sheet).run() }
    if chosen.contains(.dkim) { try DKIMBench(openssl: openssl, isNamed: !names.isEmpty, sheet: sheet).run() }
    if chosen.contains(.webpush) {
      try await WebPushBench(python: pushPython, isNamed: !names.isEmpty, sheet: sheet).run()
    }
    if chosen.contains(.single) { try await SingleBench(sizes: sizes, parent: directory, sheet: sheet).run() }
    if chosen.contains(.ingest) {
      let bench = IngestBench(
        sizes: sizes, parent: directory, sheet: sheet, includesPreview: chosen.contains(.preview))
      try await bench.run()
    } else if chosen.contains(.preview) {
      try await PreviewBench(sizes: sizes, sheet: sheet).run(in: directory)
    }
    if chosen.contains(.rehearsal) { try await RehearsalBench(sizes: sizes, parent: directory, sheet: sheet).run() }
    if chosen.contains(.wakeups) { try await WakeupsBench(sizes: sizes, parent: directory, sheet: sheet).run() }
    if chosen.contains(.isolation) { try await runIsolation(sheet, sizes) }
    if chosen.contains(.broadcast) { try await runBroadcast(sheet, sizes) }
    if chosen.contains(.import) { try await runImport(sheet) }
    if chosen.contains(.lint) { try LintBench(sizes: sizes, sheet: sheet).run() }
    sheet.finish()
  }

  /// Without Postfix's tools: a failure if the bench was asked for by name, else a word.
  private func runIsolation(_ sheet: FigureSheet, _ sizes: BenchSizes) async throws {
    guard File.exists(mailTools + "/smtp-sink") || !names.isEmpty else {
      return sheet.say("isolation is left out: no smtp-sink in \(mailTools); scripts/setup.sh smtp-sink fetches it")
    }
    try await IsolationBench(sizes: sizes, parent: directory, tools: absolutePath(mailTools), sheet: sheet).run()
  }

  /// The same for `smtp-source`.
  private func runBroadcast(_ sheet: FigureSheet, _ sizes: BenchSizes) async throws {
    guard File.exists(mailTools + "/smtp-source") || !names.isEmpty else {
      return sheet.say("broadcast is left out: no smtp-source in \(mailTools); scripts/setup.sh smtp-sink fetches it")
    }
    try await BroadcastBench(sizes: sizes, parent: directory, sheet: sheet, tools: absolutePath(mailTools)).run()
  }

  /// Without the file: a failure if the bench was asked for by name, else a word.
  private func runImport(_ sheet: FigureSheet) async throws {
    guard File.exists(cdnow) else {
      guard names.isEmpty else {
        throw Failure(.unavailable, "\(cdnow) is not there; run scripts/setup.sh data, or give the file with --cdnow")
      }
      return sheet.say("import is left out: \(cdnow) is not there; scripts/setup.sh data fetches it")
    }
    try await ImportBench(file: absolutePath(cdnow), parent: directory, sheet: sheet).run()
  }

  private var sizes: BenchSizes {
    var sizes = quick ? BenchSizes.quick : BenchSizes()
    if let people { sizes.people = people }
    if let events { sizes.events = events }
    if let measured { sizes.measured = measured }
    if let previewEvents { sizes.previewEvents = previewEvents }
    if let connections { sizes.connections = connections }
    return sizes
  }
}
