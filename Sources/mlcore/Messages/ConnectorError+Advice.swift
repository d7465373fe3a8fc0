// What to do about the errors of databases and queues, in the words of the command line.
import Connectors
import Extraction

extension ConnectorError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .badLocation: "write \(DataSources.forms)"
    case .notPostgreSQL: "name a PostgreSQL database with pgvector"
    case .passwordInLocation:
      "leave it out; give it as \(DataSources.passwords), or to etl as MLCORE_SOURCE_PASSWORD"
    case .notFound: "check the spelling; a relative path starts at the current folder"
    case .permissionDenied: "change the permissions, or choose another place"
    case .notADatabase:
      "name a file that SQLite made, such as one of 'mlcore generate classicmodels'"
    case .locked: "wait until it has finished, and try again"
    case .fileFailed: "check the disk and its free space, then try again"
    case .cannotConnect:
      "check host, port, user and database; the password is read from "
        + "\(DataSources.passwords), and by etl from MLCORE_SOURCE_PASSWORD before all of them"
    case .connectionLost: "check that the server runs, then run the command again"
    case .lockHeld(_, let holder?):
      "end the transaction of session \(holder.session), or that session, and try again"
    case .lockHeld: "find the session that holds the lock, end its transaction, and try again"
    case .noRight: "grant this right to the user of the location, or name another user"
    case .dependents:
      "drop what depends on the table, run the command again, and create it anew"
    case .databaseFailed: "correct the database or its settings, then run the command again"
    case .statementFailed(_, ExtractQueries.classicModels, _, _):
      "name a database with the tables of classicmodels as --source, or a file with a query of your "
        + "own as --query"
    case .statementFailed: "correct the query; it must be one SELECT in the database's own dialect"
    case .notOneStatement, .notAQuery: "write one SELECT into the file"
    case .duplicateColumn: "give one of them another name with AS"
    case .unknownColumn(_, let name, let known): ColumnAdvice.text(for: name, among: known)
    case .unsupportedType: "leave the column out of the query, or CAST it to a number or a string"
    case .badValue: "correct the value, or CAST the column in the query"
    case .noVectorExtension:
      "install pgvector on the server, and run CREATE EXTENSION vector; in this database"
    case .badVectorTable: "choose another table or other options"
    case .foreignTable:
      "rename that table, choose another database, or add --force to replace the table"
    case .readersUnrestricted: "drop it, run the command again, and create it anew"
    case .badVector: "train with this row's features, or leave the row out"
    case .otherDimension: "add --force to replace the table, or write into another database"
    case .otherRowCount, .otherNeighbor:
      "try again; if it stays, report it with the versions of PostgreSQL and pgvector"
    case .noSuchVector: "check the identifier, or load the table again"
    case .badQueue: "write the URL of the queue, such as https://sqs.REGION.amazonaws.com/ID/NAME"
    case .noCredentials:
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file and a profile with "
        + "AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE"
    case .queueFailed: "check the network, the URL of the queue and the rights on it"
    case .stopped: "start it again"
    }
  }
}
