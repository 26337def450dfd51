import ArgumentParser
import Catalog
import Glibc
import RoostCore
import Runtime

/// What is imported.
enum ImportSubject: String, CaseIterable, ExpressibleByArgument {
  case events
  case people
  case catalog
  case vouchers
}

/// `roost import events|people FILE`, `roost import catalog FILE|URL`, `roost import vouchers FILE --pool POOL`
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring in events or people from a file, a catalogue of products, or codes of vouchers.",
    discussion: """
      FILE is .ndjson (or .jsonl) or .csv, packed with gzip or not. Events are Segment's calls; people have userId, \
      email, phone or anonymousId, traits and consents. In CSV the first row names the columns: those calls know \
      (event, userId, anonymousId, timestamp, messageId; for people also email and phone), consent.PURPOSE, and any \
      other is a property or trait.
      Imported events are history: people and segments change, no journey starts. With --replay (sandbox only) they \
      are sorted by time, the clock follows them, and journeys act.
      A record without messageId gets one made from its line, so a second import of a file adds nothing. An \
      interrupted import goes on where it was: run the same command again. Bad lines go to a file with line, column \
      and reason.
      A catalog is a feed of products in a file or behind an http address: CSV, YML (Yandex Market) or Google Merchant's \
      RSS or Atom, packed with gzip or not. What the feed does not name any more is removed, unless --mode update says \
      that it is only a part.
      Codes of vouchers come from a file with one a line, or .csv with a column code; packed with gzip or not. Codes that \
      the pool has are passed over, so an interrupted import is simply run again.
      """)

  @Argument(help: "events, people, catalog or vouchers.") var subject: ImportSubject
  @Argument(help: "The file; of a catalog its address too.") var file: String
  @Option(help: "Of a catalog: replace (the default) or update.") var mode: String?
  @Option(help: "Of a catalog: csv, yml or google (default: seen from the feed).") var format: String?
  @Option(help: "Of vouchers: the pool's key.") var pool: String?
  @Option(help: "The workspace's key.") var workspace: String?
  @Flag(help: "Move a sandbox's clock along with the events, journeys acting.") var replay = false
  @Option(help: "Where bad lines go (default: FILE.rejected.ndjson).") var errors: String?
  @Option(name: .customLong("sort-memory-mib"), help: "Memory for sorting a replay (default: 48).")
  var sortMemory: String?
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func validate() throws {
    if replay, subject != .events { throw ValidationError("Only events can be replayed.") }
    if subject != .catalog, mode != nil || format != nil {
      throw ValidationError("--mode and --format are for a catalog.")
    }
    if (subject == .vouchers) != (pool != nil) {
      throw ValidationError("Vouchers need --pool, and nothing else has one.")
    }
    if let mode, CatalogImportMode(rawValue: mode) == nil { throw ValidationError("--mode is replace or update.") }
    if let format, ProductFeed.Format(rawValue: format) == nil {
      throw ValidationError("--format is csv, yml or google.")
    }
  }

  func run() async throws {
    if let pool { return try await runVouchers(pool) }
    guard let kind = ImportKind(rawValue: subject.rawValue) else { return try await runCatalog() }
    try await run(kind)
  }

  private func run(_ kind: ImportKind) async throws {
    var flags: [Setting: String] = [:]
    flags[.workspace] = workspace
    flags[.sortMemory] = sortMemory
    let settings = try await client.settings(flags)
    let workspace = try settings.workspace()
    let sortBytes = try settings.number(.sortMemory, in: 1...65_536, default: 48) << 20
    let api = try client.api(settings)
    let path = "/api/v1/workspaces/\(percentEncoded(workspace))/import" + (replay ? "?replay=true" : "")
    // Says at once that the server, the token or the workspace is wrong, before a long file is read.
    _ = try await api.json(.POST, path, ["batch": []])

    let place = (errors.map(Self.folder) ?? Self.folder(file)) + "/" + Self.name(file)
    let errorsPath = errors ?? file + ".rejected.ndjson"
    let statePath = place + ".roost-progress"
    let identity = try ImportState.identity(
      of: file, [kind.rawValue, workspace, replay ? "replay" : "history", api.client.address.text])
    let earlier = try ImportState(path: statePath, identity: identity)
    let badLines = try BadLineFile(errorsPath, keeping: earlier?.errorsBytes ?? 0)
    var state = earlier ?? ImportState(identity: identity)
    if earlier != nil {
      Terminal.say("going on behind \(grouped(state.accepted + state.rejected)) records of an interrupted import")
    }

    let source = try batches(kind, &state, isResumed: earlier != nil, badLines, sortBytes)
    let done = replay || !file.hasSuffix(".gz") ? state.place.offset : 0
    let progress = ImportProgress(total: source.progressTotal, done: done)
    var importer = Importer(
      api, path: path, width: replay ? 1 : 4, state: state, statePath: statePath, badLines: badLines,
      progress: progress)
    let totals = try await importer.run(source)
    unlink(statePath)
    await api.client.close()
    report(totals, seconds: progress.seconds, errorsPath)
    if totals.rejected > 0 { throw Failure(.foundProblem, "") }
  }

  private func batches(
    _ kind: ImportKind, _ state: inout ImportState, isResumed: Bool, _ badLines: BadLineFile, _ sortBytes: Int
  ) throws(Failure) -> any BatchSource {
    guard replay else {
      return FileBatches(try RecordReader(file, kind, isTimeNeeded: false, from: isResumed ? state.place : nil))
    }
    let sorter = RecordSorter(
      memoryBytesMax: sortBytes,
      folders: [Self.folder(file), getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"])
    let bad = try sorter.read(file) { lines throws(Failure) in
      // An interrupted replay has written them down already.
      if !isResumed { try badLines.append(lines) }
    }
    if !isResumed {
      state.rejected = bad
      state.place = FilePlace(offset: 0, line: 0)
    }
    return try ReplayBatches(try sorter.sorted(), count: sorter.count, skip: state.place.offset)
  }

  private func runVouchers(_ pool: String) async throws {
    let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
    let path = "/api/v1/workspaces/\(percentEncoded(try settings.workspace()))/vouchers/\(percentEncoded(pool))"
    let api = try client.api(settings)
    _ = try await api.json(.GET, path)
    let errorsPath = errors ?? file + ".rejected.ndjson"
    let upload = VoucherUpload(api: api, path: path + "/codes", errors: try BadLineFile(errorsPath, keeping: 0))
    let totals = try await upload.run(file)
    await api.client.close()
    switch output.format {
    case .json: Terminal.write(json: totals.json(rejectedFile: errorsPath))
    case .text:
      Terminal.say(
        "\(grouped(totals.added)) added, \(grouped(totals.duplicates)) there already; \(grouped(totals.left)) left to give"
      )
    }
    guard totals.bad > 0 else { return }
    Terminal.say("\(grouped(totals.bad)) lines are no codes: see \(errorsPath)")
    throw Failure(.foundProblem, "")
  }

  private func runCatalog() async throws {
    let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
    let path = "/api/v1/workspaces/\(percentEncoded(try settings.workspace()))/catalog"
    let api = try client.api(settings)
    _ = try await api.json(.GET, path)
    let isAddress = file.hasPrefix("http://") || file.hasPrefix("https://")
    let errorsPath = errors ?? (isAddress ? "catalog.rejected.ndjson" : file + ".rejected.ndjson")
    var upload = CatalogUpload(
      api: api, path: path + "/import", mode: mode ?? "replace", errors: try BadLineFile(errorsPath, keeping: 0))
    let kind = format.flatMap(ProductFeed.Format.init)
    let totals: CatalogUpload.Totals
    if isAddress {
      var feed = try await WebFeed.fetch(file)
      totals = try await upload.run(format: kind) { () throws(Failure) in
        defer { feed = [] }
        return feed
      }
    } else {
      let source = try ByteSource(file)
      var piece = [UInt8](repeating: 0, count: 1 << 18)
      totals = try await upload.run(format: kind) { () throws(Failure) in
        var count = 0
        var failure: Failure?
        piece.withUnsafeMutableBytes { bytes in
          do throws(Failure) { count = try source.read(into: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        return Array(piece[..<count])
      }
    }
    await api.client.close()
    report(totals, errorsPath)
    if totals.bad > 0 { throw Failure(.foundProblem, "") }
  }

  private func report(_ totals: CatalogUpload.Totals, _ errorsPath: String) {
    func count(_ name: String) -> Int { Int(totals.answer[name]?.int ?? 0) }
    let names = ["added", "changed", "unchanged", "removed"]
    switch output.format {
    case .json:
      Terminal.write(
        json: .object(
          names.map { .init($0, .int(Int64(count($0)))) } + [
            .init("bad", .int(Int64(totals.bad))), .init("products", .int(Int64(count("products")))),
            .init("rejectedFile", totals.bad > 0 ? .string(errorsPath) : .null),
          ]))
    case .text:
      Terminal.say(
        names.map { "\(grouped(count($0))) \($0)" }.joined(separator: ", ") + "; \(grouped(count("products"))) products"
      )
    }
    if totals.bad > 0 { Terminal.say("\(grouped(totals.bad)) are no products: see \(errorsPath)") }
  }

  private func report(_ totals: Importer.Totals, seconds: Double, _ errorsPath: String) {
    let milliseconds = Int((seconds * 1_000).rounded())
    switch output.format {
    case .json:
      Terminal.write(json: [
        "accepted": .int(Int64(totals.accepted)), "rejected": .int(Int64(totals.rejected)),
        "seconds": .double(Double(milliseconds) / 1_000),
        "rejectedFile": totals.rejected > 0 ? .string(errorsPath) : .null,
      ])
    case .text:
      Terminal.say(
        "imported \(grouped(totals.accepted)) records in \(milliseconds / 1_000).\(milliseconds / 100 % 10) s")
    }
    if totals.rejected > 0 {
      Terminal.say("\(grouped(totals.rejected)) bad lines: see \(errorsPath)")
    }
  }

  private static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}

extension ImportKind: ExpressibleByArgument {}
