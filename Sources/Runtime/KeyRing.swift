import Crypto
import Engine
import RoostCore
import Synchronization

/// Which key opens which workspace. Keys themselves are never kept: a presented key is hashed and looked up, so a leaked
/// data directory opens nothing.
public final class KeyRing: Sendable {
  private struct Content {
    var writeKeys: [String: WorkspaceID] = [:]
    var secretKeys: [String: WorkspaceID] = [:]
    var symbols: [WorkspaceID: SymbolTable] = [:]
  }
  private let content = Mutex(Content())
  private let operatorHash: String

  init(operatorToken: String) { operatorHash = Self.hash(operatorToken) }

  /// Hexadecimal SHA-256. Keys carry 128 random bits or more, so a plain hash cannot be searched.
  public static func hash(_ key: String) -> String {
    SHA256.hash(data: Array(key.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  func add(_ workspace: Workspace, symbols: SymbolTable) {
    content.withLock {
      $0.writeKeys[workspace.writeKeyHash] = workspace.id
      $0.secretKeys[workspace.secretKeyHash] = workspace.id
      $0.symbols[workspace.id] = symbols
    }
  }

  public func workspace(writeKey: String) -> WorkspaceID? {
    let hash = Self.hash(writeKey)
    return content.withLock { $0.writeKeys[hash] }
  }

  public func workspace(secretKey: String) -> WorkspaceID? {
    let hash = Self.hash(secretKey)
    return content.withLock { $0.secretKeys[hash] }
  }

  public func symbols(_ workspace: WorkspaceID) -> SymbolTable? { content.withLock { $0.symbols[workspace] } }

  public func isOperator(_ token: String) -> Bool { Self.hash(token) == operatorHash }
}
