import RoostCore
import Storage

extension Node {
  /// Backs up the running installation to `path`, a directory of this machine that is empty or new. The committer goes
  /// on: the copy is made on a thread of its own.
  public func backup(to path: String) async throws(Problem) -> InstallationBackup.Summary {
    let opened = try await perform { partition throws(Problem) in OpenedStorage(partition.log, partition.store) }
    guard let log = opened.log as? FileLog, let states = opened.states as? RocksStateStore else {
      throw Problem(.unavailable, "this installation keeps its data elsewhere; back it up there")
    }
    let data = configuration.directory
    let outcome = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<InstallationBackup.Summary, Problem>, Never>) in
      Thread(stackBytes: 1 << 20) {
        do throws(StorageError) {
          continuation.resume(returning: .success(try InstallationBackup.create(of: data, at: path, log, states)))
        } catch {
          let code: Problem.Code = error.code == .notEmpty ? .conflict : .unavailable
          continuation.resume(returning: .failure(Problem(code, error.description)))
        }
      }.start()
    }
    return try outcome.get()
  }
}

/// Log and states of a partition, on their way to another thread.
private struct OpenedStorage: Sendable {
  var log: any Log
  var states: any StateStore

  init(_ log: any Log, _ states: any StateStore) {
    self.log = log
    self.states = states
  }
}
