/** The name of a variable of a POV-Ray scene, as `Declare=name=value` has it. */
export const DECLARED_NAME = /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,39}$/;
