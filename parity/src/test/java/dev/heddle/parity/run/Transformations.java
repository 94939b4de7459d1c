package dev.heddle.parity.run;

import dev.heddle.array.DType;
import dev.heddle.optim.Adam;
import dev.heddle.optim.GradientTransformation;
import dev.heddle.optim.Lion;
import dev.heddle.optim.Mask;
import dev.heddle.optim.MultiSteps;
import dev.heddle.optim.Optim;
import dev.heddle.optim.Schedule;
import dev.heddle.optim.Schedules;
import dev.heddle.optim.Sgd;
import dev.heddle.parity.cases.Fields;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Optimizers and schedules from their JSON. */
final class Transformations {
  private Transformations() {}

  static GradientTransformation of(Fields spec) {
    Fields args = spec.fields("args");
    return switch (spec.text("name")) {
      case "chain" ->
          Optim.chain(
              spec.list("of").stream()
                  .map(part -> of((Fields) part))
                  .toArray(GradientTransformation[]::new));
      case "MultiSteps" -> multiSteps(of((Fields) spec.list("of").getFirst()), args);
      case "sgd" -> sgd(args);
      case "adam" -> adam(args, false);
      case "adamw" -> adam(args, true);
      case "lion" -> lion(args);
      case "identity" -> Optim.identity();
      case "clip_by_global_norm" -> Optim.clipByGlobalNorm(args.number("max_norm"));
      case "trace" -> Optim.trace(args.number("decay"), args.flag("nesterov"));
      case "scale" -> Optim.scale(args.number("step_size"));
      case "scale_by_schedule" -> Optim.scaleBySchedule(schedule(args.fields("step_size_fn")));
      case "scale_by_learning_rate" ->
          Optim.scaleByLearningRate(schedule(args.fields("learning_rate")));
      case "scale_by_adam" -> scaleByAdam(args);
      case "scale_by_lion" -> scaleByLion(args);
      case "add_decayed_weights" ->
          Optim.addDecayedWeights(args.number("weight_decay"), mask(args.fields("mask")));
      default -> throw new IllegalArgumentException("no optimizer: " + spec);
    };
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException("no argument: " + name);
  }

  private static MultiSteps multiSteps(GradientTransformation inner, Fields args) {
    MultiSteps steps = Optim.multiSteps(inner, args.integer("every_k_schedule"));
    return args.has("use_grad_mean") ? steps.useGradMean(args.flag("use_grad_mean")) : steps;
  }

  private static Sgd sgd(Fields args) {
    Schedule onSchedule = rate(args);
    Sgd made = onSchedule == null ? Optim.sgd(args.number("learning_rate")) : Optim.sgd(onSchedule);
    for (String name : args.names()) {
      made =
          switch (name) {
            case "learning_rate" -> made;
            case "momentum" -> made.momentum(args.number(name));
            case "nesterov" -> made.nesterov(args.flag(name));
            case "accumulator_dtype" -> made.accumulatorDtype(DType.of(args.text(name)));
            default -> throw unknown(name);
          };
    }
    return made;
  }

  private static Adam adam(Fields args, boolean decays) {
    Schedule onSchedule = rate(args);
    Adam made;
    if (onSchedule == null) {
      double constant = args.number("learning_rate");
      made = decays ? Optim.adamw(constant) : Optim.adam(constant);
    } else {
      made = decays ? Optim.adamw(onSchedule) : Optim.adam(onSchedule);
    }
    for (String name : args.names()) {
      made =
          switch (name) {
            case "learning_rate" -> made;
            case "b1" -> made.b1(args.number(name));
            case "b2" -> made.b2(args.number(name));
            case "eps" -> made.eps(args.number(name));
            case "eps_root" -> made.epsRoot(args.number(name));
            case "mu_dtype" -> made.muDtype(DType.of(args.text(name)));
            case "nesterov" -> made.nesterov(args.flag(name));
            case "mask" -> made.mask(mask(args.fields(name)));
            case "weight_decay" ->
                args.get(name) instanceof Fields spec
                    ? made.weightDecay(schedule(spec))
                    : made.weightDecay(args.number(name));
            default -> throw unknown(name);
          };
    }
    return made;
  }

  private static Lion lion(Fields args) {
    Lion made = Optim.lion(args.number("learning_rate"));
    for (String name : args.names()) {
      made =
          switch (name) {
            case "learning_rate" -> made;
            case "b1" -> made.b1(args.number(name));
            case "b2" -> made.b2(args.number(name));
            case "mu_dtype" -> made.muDtype(DType.of(args.text(name)));
            case "mask" -> made.mask(mask(args.fields(name)));
            case "weight_decay" -> made.weightDecay(args.number(name));
            default -> throw unknown(name);
          };
    }
    return made;
  }

  private static Adam scaleByAdam(Fields args) {
    return Optim.scaleByAdam().b1(args.number("b1"));
  }

  private static Lion scaleByLion(Fields args) {
    return Optim.scaleByLion().b2(args.number("b2"));
  }

  private static Mask mask(Fields spec) {
    String end = "/" + spec.text("ends_with");
    return Mask.ofPath(path -> path.endsWith(end));
  }

  private static @Nullable Schedule rate(Fields args) {
    return args.get("learning_rate") instanceof Fields spec ? schedule(spec) : null;
  }

  static Schedule schedule(Fields spec) {
    Fields args = spec.fields("args");
    int begin = args.has("transition_begin") ? args.integer("transition_begin") : 0;
    return switch (spec.text("schedule")) {
      case "constant_schedule" -> Schedules.constantSchedule(args.number("value"));
      case "linear_schedule" ->
          Schedules.linearSchedule(
              args.number("init_value"),
              args.number("end_value"),
              args.integer("transition_steps"),
              begin);
      case "polynomial_schedule" ->
          Schedules.polynomialSchedule(
              args.number("init_value"),
              args.number("end_value"),
              args.number("power"),
              args.integer("transition_steps"),
              begin);
      case "exponential_decay" ->
          Schedules.exponentialDecay(
              args.number("init_value"),
              args.integer("transition_steps"),
              args.number("decay_rate"),
              begin,
              args.flag("staircase"),
              args.has("end_value") ? args.number("end_value") : null);
      case "cosine_decay_schedule" ->
          Schedules.cosineDecaySchedule(
              args.number("init_value"),
              args.integer("decay_steps"),
              args.has("alpha") ? args.number("alpha") : 0,
              args.has("exponent") ? args.number("exponent") : 1);
      case "piecewise_constant_schedule" -> {
        Fields boundaries = args.fields("boundaries_and_scales");
        Map<Integer, Double> scales = new HashMap<>();
        boundaries
            .names()
            .forEach(step -> scales.put(Integer.valueOf(step), boundaries.number(step)));
        yield Schedules.piecewiseConstantSchedule(args.number("init_value"), scales);
      }
      case "join_schedules" -> {
        List<Schedule> parts =
            args.list("schedules").stream().map(part -> schedule((Fields) part)).toList();
        List<Integer> boundaries = Arrays.stream(args.integers("boundaries")).boxed().toList();
        yield Schedules.joinSchedules(parts, boundaries);
      }
      case "warmup_constant_schedule" ->
          Schedules.warmupConstantSchedule(
              args.number("init_value"), args.number("peak_value"), args.integer("warmup_steps"));
      case "warmup_cosine_decay_schedule" ->
          Schedules.warmupCosineDecaySchedule(
              args.number("init_value"),
              args.number("peak_value"),
              args.integer("warmup_steps"),
              args.integer("decay_steps"),
              args.number("end_value"),
              args.has("exponent") ? args.number("exponent") : 1);
      case "warmup_exponential_decay_schedule" ->
          Schedules.warmupExponentialDecaySchedule(
              args.number("init_value"),
              args.number("peak_value"),
              args.integer("warmup_steps"),
              args.integer("transition_steps"),
              args.number("decay_rate"));
      default -> throw new IllegalArgumentException("no schedule: " + spec);
    };
  }
}
