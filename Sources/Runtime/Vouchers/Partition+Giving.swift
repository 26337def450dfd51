import Delivery
import Engine
import Liquid
import RoostCore
import Storage

/// A pool as the committer has it at hand: how full it is, with what the group under construction gives, and the next codes.
struct VoucherPoolState {
  var standing: VoucherStanding
  /// Codes read ahead, and the number of the first.
  var ahead: [String] = []
  var aheadFrom = 0
}

/// Codes for messages that are about to be claimed. Here alone, on the committer's thread, does one leave its pool.
extension Partition {
  /// Codes read at once.
  private static let codesAhead = 500

  /// Gives a message the codes that it shows, one of each pool, unless it has them already.
  ///
  /// - Returns: `false` if a pool has none to give: then the message is suppressed, and says which.
  func giveVouchers(to message: inout MessageRecord, at now: Instant) -> Bool {
    guard message.status == .scheduled, !message.isTest, mayShowVouchers(message) else { return true }
    do throws(Problem) { return try give(to: &message, at: now) } catch {
      fail(error.message)
      return true
    }
  }

  /// Most templates show none, and are not rendered once more to find that out.
  private func mayShowVouchers(_ message: MessageRecord) -> Bool {
    guard let sources = definitions[message.workspace], sources.documents[.voucherPool] != nil else { return false }
    guard let template = compiled[message.workspace]?.definitions.templates[message.template],
      template.version == message.templateVersion, template.pins.isEmpty
    else { return true }
    return template.givesVouchers
  }

  private func give(to message: inout MessageRecord, at now: Instant) throws(Problem) -> Bool {
    // Damaged values, or a template that is gone, are told of by the hand-off.
    let found: MessageRendering?
    do throws(Problem) { found = try rendering(of: message) } catch { found = nil }
    guard let rendering = found, rendering.template.givesVouchers, rendering.values.vouchers == nil else { return true }
    let pools = rendering.template.pools(of: rendering.values)
    var codes: [String: String] = [:]
    for pool in pools {
      if let code = try nextCode(of: pool, message.workspace, at: now) { codes[pool] = code }
    }
    var values = rendering.values
    values.give(codes)
    let shown = rendering.template.poolsShown(values, in: rendering.engine.definitions, at: rendering.decidedAt)
    guard !shown.isEmpty else { return true }
    if let pool = shown.first(where: { codes[$0] == nil }) {
      refuse(&message, pool, at: now)
      return false
    }
    codes = codes.filter { shown.contains($0.key) }
    values.give(codes)
    var bytes: [UInt8] = []
    values.encode(into: &bytes)
    message.values = bytes
    message.subject = rendering.template.subject(values, in: rendering.engine.definitions, at: rendering.decidedAt)
    for (pool, code) in codes.sorted(by: { $0.key < $1.key }) { take(code, of: pool, for: message, at: now) }
    return true
  }

  private func refuse(_ message: inout MessageRecord, _ pool: String, at now: Instant) {
    let isExpired = voucherPool(pool, message.workspace)?.isExpired(at: now) ?? false
    let detail = "the pool of vouchers \"\(pool)\" \(isExpired ? "has expired" : "is empty")"
    message.refuse(.noVoucher, detail: detail, now: now)
    message.why.append(detail)
    metrics.add(.messagesSuppressed)
  }

  /// The code that is given next; `nil` if the pool is empty, has expired, or is none.
  private func nextCode(of pool: String, _ workspace: WorkspaceID, at now: Instant) throws(Problem) -> String? {
    guard let definition = voucherPool(pool, workspace), !definition.isExpired(at: now) else { return nil }
    let ref = VoucherPoolRef(workspace: workspace, key: pool)
    var state = try voucherState(of: ref)
    guard state.standing.left > 0 else { return nil }
    let number = state.standing.given
    if !state.ahead.indices.contains(number - state.aheadFrom) {
      state.ahead = try VoucherStore(store: store).codes(of: ref, from: number, limit: Self.codesAhead)
      state.aheadFrom = number
      voucherPools[ref] = state
    }
    guard state.ahead.indices.contains(number - state.aheadFrom) else {
      throw Problem(.internalFault, "the pool of vouchers \"\(pool)\" lacks its code number \(number)")
    }
    return state.ahead[number - state.aheadFrom]
  }

  private func take(_ code: String, of pool: String, for message: MessageRecord, at now: Instant) {
    let ref = VoucherPoolRef(workspace: message.workspace, key: pool)
    guard let number = voucherPools[ref]?.standing.given else { return }
    voucherPools[ref]!.standing.given += 1
    newVouchers.append(
      GivenVoucher(
        workspace: message.workspace,
        giving: VoucherGiving(
          pool: pool, number: UInt32(number), code: code, at: now,
          link: .init(message: message.id, person: message.person))))
  }

  /// What a pool's document says; it was checked when it was put.
  func voucherPool(_ key: String, _ workspace: WorkspaceID) -> VoucherPool? {
    guard let body = definitions[workspace]?.latest(.voucherPool, key)?.body else { return nil }
    do throws(Problem) { return try VoucherPool(json: body) } catch { return nil }
  }

  func voucherState(of ref: VoucherPoolRef) throws(Problem) -> VoucherPoolState {
    if let known = voucherPools[ref] { return known }
    let state = VoucherPoolState(standing: try VoucherStore(store: store).standing(of: ref))
    voucherPools[ref] = state
    return state
  }

  /// Appends what the commit under construction gives.
  func recordVouchers() {
    guard !newVouchers.isEmpty else { return }
    let header = RecordHeader(commit: commit + 1, now: lastNow, seed: 0, definitions: definitions.version)
    systemRecord(header) { bytes in
      for voucher in newVouchers { bytes.appendVoucher(voucher.workspace, voucher.giving) }
    }
    pendingVouchers += newVouchers
    newVouchers.removeAll()
  }

  /// Puts into the store what the group gave, once it is durable.
  func keepVouchers() {
    if !pendingVouchers.isEmpty { keep(pendingVouchers) }
  }

  /// Notes given codes in the store; those of a replay too.
  func keep(_ vouchers: [GivenVoucher]) {
    var batch = StateBatch()
    var standings: [VoucherPoolRef: VoucherStanding] = [:]
    do throws(Problem) {
      for voucher in vouchers {
        let giving = voucher.giving
        batch.put(
          StoreKeys.voucher(voucher.ref, giving.number),
          VoucherRow(code: giving.code, givenAt: giving.at, message: giving.link?.message).bytes)
        // Later commits may have given more by now: the store is told of what is durable.
        var standing: VoucherStanding
        if let known = standings[voucher.ref] {
          standing = known
        } else {
          standing = try VoucherStore(store: store).standing(of: voucher.ref)
        }
        standing.given = max(standing.given, Int(giving.number) + 1)
        standings[voucher.ref] = standing
      }
      for (ref, standing) in standings.sorted(by: { $0.key.key < $1.key.key }) {
        VoucherStore.put(standing, of: ref, into: &batch)
        var state = try voucherState(of: ref)
        state.standing.given = max(state.standing.given, standing.given)
        voucherPools[ref] = state
      }
      write(batch)
    } catch { fail(error.message) }
  }

  /// The codes that a message was given, by their pools.
  func vouchers(of message: MessageRecord) throws(Problem) -> [String: String] {
    // Values without names are of before there were pools.
    guard definitions[message.workspace]?.documents[.voucherPool] != nil, TemplateValues.areNamed(message.values) else {
      return [:]
    }
    return try values(of: message, []).vouchers ?? [:]
  }

  /// What an erased person's message was given stays given, and says no more to whom.
  func unlinkVouchers(of message: MessageRecord, in batch: inout StateBatch) throws(Problem) {
    let vouchers = VoucherStore(store: store)
    for (pool, code) in try self.vouchers(of: message) {
      let ref = VoucherPoolRef(workspace: message.workspace, key: pool)
      guard let number = try vouchers.number(of: code, in: ref), var row = try vouchers.row(number, in: ref),
        row.message == message.id
      else { continue }
      row.message = nil
      batch.put(StoreKeys.voucher(ref, number), row.bytes)
    }
  }
}
