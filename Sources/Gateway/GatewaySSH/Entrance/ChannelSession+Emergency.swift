import FoundationEssentials
import GatewayContract
import GatewayCore
import Kernel

// Emergency access at the terminal: at once, with a code, and told to everybody who has to know.
extension ChannelSession {
    /// Takes it for something that is looked for first, and connects.
    func takeEmergencyFromMenu() async {
        let answer: EmergencyAnswer
        do throws(ControlPlaneError) {
            answer = try await core.controlPlane.requests.emergency(
                EmergencyQuestion(admission: admitted.admission))
        } catch {
            return sayBusy(error)
        }
        switch answer {
        case .refused(let refused): say(text.refused(refused))
        case .offered(let offer):
            warn()
            guard let (wish, _) = await choose(), let card = await takeEmergency(wish, offer, isWarned: true) else {
                return
            }
            await connect(by: card)
        }
    }

    /// Asks for the rest and takes it. Nil if it was not taken.
    func takeEmergency(
        _ wish: RequestWish, _ offer: EmergencyOffer, isWarned: Bool = false
    ) async -> RequestCard? {
        if !isWarned { warn() }
        guard let whole = await completed(wish, offer.actions, most: offer.seconds),
            let reason = await reason(speech("Why (everybody who is told reads it): ", "理由（所有收到通知的人可见）："))
        else { return nil }
        say(text.wrap(speech("EMERGENCY ACCESS: ", "紧急访问：") + told(whole, offer.actions)))
        let prompt = speech(
            "Code of your authenticator to take it now, Enter to leave: ", "输入身份验证器代码立即取得，Enter 离开：")
        guard let code = await ask(prompt)?.trimmed, !code.isEmpty else {
            say(speech("Nothing was taken, and nobody was told.\n", "未取得权限，也没有通知任何人。\n"))
            return nil
        }
        do throws(ControlPlaneError) {
            let answer = try await core.controlPlane.requests.takeEmergency(
                NewEmergency(
                    admission: admitted.admission, wish: whole, reason: reason, code: PassedSecret(code)))
            switch answer {
            case .refused(let refused):
                say(text.refused(refused))
                return nil
            case .shown(let card):
                say(
                    text.wrap(
                        speech(
                            "You are in. Everybody who has to know was told; #\(card.number) is the review.",
                            "已取得权限，并已通知相关人员；#\(card.number) 为复核申请。")))
                return card
            }
        } catch {
            sayBusy(error)
            return nil
        }
    }

    /// What it means, before anything is asked.
    private func warn() {
        say(
            text.wrap(
                speech(
                    "*** EMERGENCY ACCESS *** You get in at once and ask nobody. Administrators and approvers are told now, "
                        + "on all their channels, everything is recorded, and somebody reviews it within a day. Where there "
                        + "is time, ask for access instead.",
                    "*** 紧急访问 *** 无需审批，立即生效。管理员和审批人会立即在所有渠道收到通知，所有操作都会被录制，并在一天内复核。"
                        + "如果不紧急，请改为申请访问。")))
    }
}
