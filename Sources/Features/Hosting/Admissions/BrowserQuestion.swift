import GatewayContract
import Kernel

/// What somebody at a terminal reads who signs in with a browser.
enum BrowserQuestion {
    static let offer = "No password here? Press Enter twice to sign in with your browser."
    static let over = "The sign-in with the browser is over. Connect again."

    static func challenge(_ id: AdmissionID, _ link: BrowserLink) -> AdmissionChallenge {
        AdmissionChallenge(
            admission: id,
            title: """
                Open this address in your browser within five minutes and sign in:
                  \(link.url)
                Confirm there only if it shows this code: \(link.code)
                """, prompts: [prompt])
    }

    static func again(_ id: AdmissionID) -> AdmissionChallenge {
        AdmissionChallenge(admission: id, title: "Nobody has confirmed yet.", prompts: [prompt])
    }

    private static let prompt = AdmissionPrompt(text: "Press Enter when you have confirmed: ", echo: true)
}
