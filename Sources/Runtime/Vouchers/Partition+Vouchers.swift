import Engine
import Liquid
import RoostCore
import Storage

/// What became of the codes of one part of an import.
struct VoucherImport {
  var added = 0
  /// They were in the pool already, or twice in the list.
  var duplicates = 0
  /// The pool took no more of them.
  var isFull = false
}

extension Partition {
  /// Codes taken in one commit.
  static let codesPerCommit = 1_000

  /// Takes new codes into a pool: one commit, behind those that it has.
  func takeVouchers(_ workspace: WorkspaceID, pool: String, _ codes: [String]) throws(Problem) -> VoucherImport {
    if let failure { throw failure }
    let ref = try voucherPoolRef(workspace, pool)
    let vouchers = VoucherStore(store: store)
    let present = try voucherState(of: ref).standing.codes
    var addition = VoucherAddition(pool: pool, first: UInt32(present), codes: [])
    var run = VoucherImport()
    var seen: Set<String> = []
    for code in codes {
      guard seen.insert(code).inserted, try vouchers.number(of: code, in: ref) == nil else {
        run.duplicates += 1
        continue
      }
      guard present + addition.codes.count < VoucherPool.codesMax else {
        run.isFull = true
        break
      }
      addition.codes.append(code)
    }
    run.added = addition.codes.count
    guard run.added > 0 else { return run }
    let header = beginCommit()
    systemRecord(header) { $0.appendVouchers(workspace, addition) }
    try finishCommit()
    keep(addition, workspace)
    return run
  }

  /// Takes codes that came into the store; those of a replay too.
  func keep(_ addition: VoucherAddition, _ workspace: WorkspaceID) {
    let ref = VoucherPoolRef(workspace: workspace, key: addition.pool)
    do throws(Problem) {
      var batch = StateBatch()
      VoucherStore.put(addition, workspace, into: &batch)
      var stored = try VoucherStore(store: store).standing(of: ref)
      stored.codes = max(stored.codes, Int(addition.first) + addition.codes.count)
      VoucherStore.put(stored, of: ref, into: &batch)
      var state = try voucherState(of: ref)
      state.standing.codes = max(state.standing.codes, stored.codes)
      voucherPools[ref] = state
      write(batch)
    } catch { fail(error.message) }
  }

  /// Says who brought codes: how many, and none of them.
  func noteVouchers(_ workspace: WorkspaceID, pool: String, added: Int) {
    guard added > 0, let version = definitions[workspace]?.latest(.voucherPool, pool)?.version else { return }
    var entry = AuditEntry(at: lastNow, action: "voucher-pool.codes", key: pool, version: version)
    entry.author = author
    audit[workspace, default: []].append(entry)
    if audit[workspace]!.count > 1_000 { audit[workspace]!.removeFirst() }
  }

  private func voucherPoolRef(_ workspace: WorkspaceID, _ pool: String) throws(Problem) -> VoucherPoolRef {
    guard definitions[workspace]?.latest(.voucherPool, pool) != nil else {
      throw Problem(.notFound, "there is no pool of vouchers \"\(pool.prefix(64))\"; put it first")
    }
    return VoucherPoolRef(workspace: workspace, key: pool)
  }

  /// `{"codes", "given", "left"}` of a pool.
  func describeStanding(_ workspace: WorkspaceID, pool: String) throws(Problem) -> [JSONValue.Member] {
    let standing = try voucherState(of: try voucherPoolRef(workspace, pool)).standing
    return [
      .init("codes", .int(Int64(standing.codes))), .init("given", .int(Int64(standing.given))),
      .init("left", .int(Int64(standing.left))),
    ]
  }

  /// What a pool's document does not say: how full it is, and which templates name it.
  func voucherMembers(_ document: Document, _ sources: WorkspaceSources) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    do throws(Problem) { members = try describeStanding(sources.workspace.id, pool: document.key) } catch {
      fail(error.message)
    }
    let isExpired = voucherPool(document.key, sources.workspace.id)?.isExpired(at: now()) ?? false
    let templates = compiled[sources.workspace.id]?.definitions.templates ?? [:]
    let users = templates.filter { $0.value.givesVouchers && $0.value.pools.contains(document.key) }.keys.sorted()
    return members + [
      .init("expired", .bool(isExpired)), .init("templates", .array(users.map(JSONValue.string))),
    ]
  }

  /// One code for the support desk: whether it was given, when and to which message.
  package func describeVoucher(_ workspace: WorkspaceID, pool: String, code: String) throws(Problem) -> JSONValue {
    let ref = try voucherPoolRef(workspace, pool)
    let vouchers = VoucherStore(store: store)
    guard let number = try vouchers.number(of: code, in: ref), let row = try vouchers.row(number, in: ref) else {
      throw Problem(.notFound, "the pool \"\(pool)\" does not have this code")
    }
    var members: [JSONValue.Member] = [
      .init("pool", .string(pool)), .init("code", .string(row.code)), .init("given", .bool(row.givenAt != nil)),
    ]
    if let at = row.givenAt { members.append(.init("givenAt", .string(at.text))) }
    if let message = row.message { members.append(.init("message", .string(message.text))) }
    return .object(members)
  }
}
