/** Tests of whole models. Uses the models and core's shared test classes; used by nothing. */
@NullMarked
package dev.heddle.models;

import org.jspecify.annotations.NullMarked;
