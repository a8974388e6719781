import HTTPAPI
import HTTPTypes
import Kernel

extension HTTPField.Name {
    /// Names the organization that a request is about: it then sees and makes things there and below, and nowhere else.
    static let organization = HTTPField.Name("Gatehouse-Organization")!
}

extension Incoming {
    /// The organization that the request names; nil if it names none.
    func chosenOrganization() throws(Problem) -> OrganizationID? {
        guard let text = headers[.organization] else { return nil }
        guard let id = OrganizationID(text) else { throw Problem(.notFound, "There is no such organization.") }
        return id
    }
}
