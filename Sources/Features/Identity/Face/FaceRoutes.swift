package import HTTPAPI
package import Kernel

/// The endpoints of faces as a second factor.
package enum FaceRoutes {
    private typealias Door = Endpoint<PublicAPI, Identity>
    private typealias Route = Endpoint<TenantAPI, Identity>

    /// For those who are not signed in yet.
    package static let door = EndpointGroup<PublicAPI, Identity>("auth") {
        Door.post(
            "begin-face", "/auth/face", summary: "Show my face to go on", permission: .public,
            audit: .action("sign-in.face-begun"), body: SignInTokenRequest.self, returns: FaceCapture.self,
            errors: [.signInExpired, .faceUnavailable], rate: .sensitive,
            idempotency: .off(because: "makes another context each time")
        ) { identity, call in
            try await identity.beginFace(call.body, call.visit)
        }

        Door.post(
            "face-factor", "/auth/second-factor/face", summary: "Go on after the right face was shown",
            permission: .public, audit: .action("sign-in.second-factor"), body: FaceFactorRequest.self,
            returns: SignInReply.self, errors: [.signInExpired, .codeRefused, .signInDenied], rate: .sensitive,
            idempotency: .off(because: "each code counts once")
        ) { identity, call in
            try await identity.verify(call.body, call.visit)
        }
    }

    /// For the company's capture component, which proves itself by its key.
    package static let component = EndpointGroup<PublicAPI, Identity>("face-checks") {
        Door.callback(
            "take", "/face-checks/{context}", FaceContext.self, summary: "Take what a capture component has seen",
            audit: .action("face-check.taken"), mediaTypes: ["application/json"], limit: CapturedFace.mostBytes,
            errors: [.faceCheckRefused, .codeRefused], rate: .standard
        ) { identity, call in
            try await identity.takeFace(call.path.text, call.request.headers, call.rawBody, call.visit)
        }
    }

    package static let own = EndpointGroup<TenantAPI, Identity>("me") {
        Route.post(
            "enrol-face", "/me/face", summary: "Show my face to enrol it", permission: .profile,
            audit: .action("face-factor.begun"), body: EnrolFaceRequest.self, returns: FaceCapture.self,
            errors: [.faceUnavailable, .browserNeeded], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "makes another context each time")
        ) { identity, call in
            try await identity.enrolFace(call.caller, call.request, call.acting)
        }

        Route.post(
            "confirm-face", "/me/face/confirm", summary: "Take my face as one of my second factors",
            permission: .profile, audit: .action("face-factor.added"), body: FaceCodeRequest.self,
            returns: Nothing.self, errors: [.codeRefused, .faceUnavailable, .browserNeeded], rate: .sensitive,
            stepUp: .recent
        ) { identity, call in
            try await identity.confirmFace(call.body.code, call.caller, call.acting)
            return Nothing()
        }

        Route.delete(
            "remove-face", "/me/face", summary: "Take my face back", permission: .profile,
            audit: .action("face-factor.removed"), errors: [.lastSecondFactor], stepUp: .recent
        ) { identity, call in
            try await identity.removeFace(call.acting)
            return Nothing()
        }

        Route.post(
            "begin-face-step-up", "/me/step-up/face", summary: "Show my face to confirm that it is me",
            permission: .profile, audit: .action("profile.face-begun"), returns: FaceCapture.self,
            errors: [.faceUnavailable, .browserNeeded], rate: .sensitive,
            idempotency: .off(because: "makes another context each time")
        ) { identity, call in
            try await identity.beginFaceStepUp(call.caller, call.request, call.acting)
        }

        Route.post(
            "step-up-face", "/me/step-up/face/confirm", summary: "Confirm with my face that it is me",
            permission: .profile, audit: .action("profile.stepped-up"), body: FaceCodeRequest.self,
            returns: Nothing.self, errors: [.codeRefused, .factorNotCounted, .browserNeeded], rate: .sensitive,
            idempotency: .off(because: "each code counts once")
        ) { identity, call in
            try await identity.stepUpByFace(
                call.body.code, call.caller, from: call.request.clientAddress, call.acting)
            return Nothing()
        }
    }

    package static let group = EndpointGroup<TenantAPI, Identity>("face-component") {
        Route.get(
            "show", "/face-component", summary: "Show what looks at faces", permission: .identityProvidersRead,
            returns: FaceComponent.self
        ) { identity, call in
            try await identity.faceComponent(in: call.scope)
        }

        Route.put(
            "set", "/face-component", summary: "Say what looks at faces", permission: .identityProvidersManage,
            audit: .action("face-component.changed"), body: SetFaceComponent.self, returns: FaceComponent.self,
            precondition: .ifMatch, stepUp: .recent
        ) { identity, call in
            try await identity.setFaceComponent(call.body, from: call.version ?? 0, call.acting)
        }

        Route.post(
            "make-key", "/face-component/key", summary: "Make the key that the capture component signs with",
            permission: .identityProvidersManage, audit: .action("face-component.key-made"),
            returns: FaceComponentKey.self, status: 201, stepUp: .recent,
            idempotency: .off(because: "shows the key once")
        ) { identity, call in
            try await identity.makeFaceComponentKey(call.acting)
        }
    }

    package static let people = EndpointGroup<TenantAPI, Identity>("users") {
        Route.get(
            "show-face", "/users/{user}/face-factor", UserID.self,
            summary: "Show since when a user confirms with their face", permission: .usersRead, returns: FaceFactor.self
        ) { identity, call in
            try await identity.faceFactor(of: call.path, in: call.scope)
        }

        Route.delete(
            "remove-face", "/users/{user}/face-factor", UserID.self, summary: "Take a user's face away",
            permission: .usersManage, audit: .action("user.face-removed"), errors: [.notYourself], stepUp: .recent
        ) { identity, call in
            try await identity.removeFace(from: call.path, call.acting)
            return Nothing()
        }
    }
}

/// The word in the path of what a component posts: 256 random bits in base64url.
package struct FaceContext: WireValue, Sendable {
    let text: String

    package static let schema: Schema<Self> = Schema<String>.token("must be the context of a face").map(
        Self.init, \.text)
}
