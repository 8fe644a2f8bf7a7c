import FaultScenes
import Testing

extension Trait where Self == ConditionTrait {
    /// The test is passed over where a receiver is not installed, unless that is `required`: then it fails.
    static func needs(_ programs: ReceiverProgram...) -> ConditionTrait {
        let obstacle = ReceiverProgram.obstacle(programs)
        return .enabled(if: obstacle == nil || ReceiverProgram.isRequired, "\(obstacle ?? "")")
    }
}
