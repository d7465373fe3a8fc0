/// The use cases of recommending items to users.
public enum RecommenderTask {}
