import NIOHTTP1
import RoostCore
import Runtime

extension Management {
  /// `POST /api/v1/backup {"directory":"/path"}`: copies the running installation to a directory of this machine.
  func backup(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    guard request.method == .POST, request.path.count == 3 else { throw .noSuchPath(request) }
    guard let directory = try request.json()["directory"]?.string, directory.hasPrefix("/") else {
      throw .invalid("/directory", "name an absolute path on the server's machine, such as /var/backups/roost-1")
    }
    return .json(try await node.backup(to: directory).json, status: .created)
  }
}
