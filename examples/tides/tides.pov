// A ring of lanterns over still water, which turns once as clock goes from 0 to 1.
// fractal scene examples/tides -o tides.mp4
#version 3.7;
#include "lantern.inc"

global_settings { assumed_gamma 1 max_trace_level 8 }

#declare Rings = 3;
#declare Lanterns = 13;

camera {
  location <0, 2.3, -10.5>
  look_at <0, 1.75, 0>
  right x*image_width/image_height
  angle 44
}

light_source { <-40, 30, -20> rgb <1, .82, .62> }

sky_sphere {
  pigment {
    gradient y
    color_map {
      [0.00 rgb <.98, .55, .30>]
      [0.12 rgb <.72, .33, .42>]
      [0.38 rgb <.16, .14, .36>]
      [1.00 rgb <.03, .04, .14>]
    }
    scale 1.1
  }
}

plane {
  y, 0
  pigment { rgb <.01, .03, .05> }
  // The ripples end where they would be smaller than a pixel.
  normal {
    spherical
    normal_map {
      [0.0 ripples 0]
      [0.7 ripples .22 scale .075 phase -clock*4]
    }
    scale 12
  }
  finish { reflection { .25, .9 fresnel } conserve_energy diffuse .3 specular .6 roughness .003 }
  interior { ior 1.33 }
}

#declare R = 0;
#while (R < Rings)
  #declare K = 0;
  #while (K < Lanterns)
    #declare Turn = 360*(K/Lanterns + (mod(R, 2) = 0 ? clock : -clock)/Lanterns) + 14*R;
    Lantern(Turn, 1.5 + 1.25*R, .75 + .85*R + .18*sin(radians(3*Turn + 360*clock)), (K + R*4)/Lanterns)
    #declare K = K + 1;
  #end
  #declare R = R + 1;
#end

// The moon, which everything turns around.
sphere {
  <0, 2.1, 0>, .62
  pigment { bozo color_map { [0 rgb <1, .93, .8>] [1 rgb <.82, .7, .55>] } scale .22 rotate y*360*clock }
  normal { bumps .3 scale .12 rotate y*360*clock }
  finish { ambient rgb <.5, .42, .34> diffuse .6 }
}
