// Two small pathways for tests: one with three steps and Check my work, one in outline.
#pragma once

#include <string_view>

namespace waymark::test {

inline constexpr std::string_view water_pathway = R"JSON({
 "id": "water-here",
 "version": 1,
 "title": {
  "en": "Water where we live",
  "es": "El agua donde vivimos"
 },
 "driving_question": {
  "en": "Why does our creek flood?",
  "es": "¿Por qué se desborda nuestro arroyo?"
 },
 "summary": {
  "en": "You find out where the water comes from. You tell the town what would help.",
  "es": "Averiguas de dónde viene el agua. Le cuentas al pueblo qué ayudaría."
 },
 "why_it_matters": {
  "en": "Floods reach the same houses every spring.",
  "es": "Cada primavera el agua llega a las mismas casas."
 },
 "subjects": [
  "science"
 ],
 "grades": "6-8",
 "lessons": 8,
 "works": [
  "alone",
  "team"
 ],
 "interests": [
  {
   "en": "water",
   "es": "agua"
  },
  "maps"
 ],
 "standards": [
  "INQ.1",
  "INQ.2",
  "COM.1"
 ],
 "products": [
  {
   "id": "map",
   "title": {
    "en": "A map",
    "es": "Un mapa"
   },
   "detail": {
    "en": "A large map with arrows.",
    "es": "Un mapa grande con flechas."
   }
  },
  {
   "id": "talk",
   "title": {
    "en": "A talk",
    "es": "Una charla"
   },
   "detail": {
    "en": "Two minutes, one question.",
    "es": "Dos minutos, una pregunta."
   }
  }
 ],
 "before_you_start": {
  "materials": [
   {
    "en": "Paper and a pencil.",
    "es": "Papel y un lápiz."
   }
  ],
  "ask_an_adult": [
   {
    "en": "You go near water only with an adult.",
    "es": "Te acercas al agua solo con una persona adulta."
   }
  ],
  "words": [
   {
    "word": {
     "en": "source",
     "es": "fuente"
    },
    "meaning": {
     "en": "Where a fact comes from.",
     "es": "De dónde viene un dato."
    }
   }
  ]
 },
 "steps": [
  {
   "id": "walk-the-creek",
   "title": {
    "en": "Walk the creek",
    "es": "Recorre el arroyo"
   },
   "purpose": {
    "en": "You see where the water goes.",
    "es": "Ves por dónde va el agua."
   },
   "lessons": 2,
   "standards": [
    "INQ.1"
   ],
   "forms": {
    "example": {
     "work": {
      "en": "I walked from the bridge to the pipe.",
      "es": "Caminé del puente al tubo."
     },
     "thinking": [
      {
       "en": "I began where it floods.",
       "es": "Empecé donde se desborda."
      }
     ]
    },
    "step_by_step": {
     "intro": {
      "en": "Walk slowly and draw.",
      "es": "Camina despacio y dibuja."
     },
     "checklist": [
      {
       "en": "Draw where the water enters.",
       "es": "Dibuja por dónde entra el agua."
      },
      {
       "en": "Write one question.",
       "es": "Escribe una pregunta."
      }
     ],
     "sentence_starters": [
      {
       "en": "I saw …",
       "es": "Vi …"
      }
     ],
     "if_stuck": [
      {
       "en": "Begin at the bridge.",
       "es": "Empieza en el puente."
      }
     ]
    },
    "on_my_own": {
     "en": "Make a map that shows where the water goes.",
     "es": "Haz un mapa que muestre por dónde va el agua."
    }
   },
   "what_good_looks_like": {
    "en": "A map somebody else can follow.",
    "es": "Un mapa que otra persona puede seguir."
   },
   "evidence": [
    {
     "en": "a photo of your map",
     "es": "una foto de tu mapa"
    }
   ],
   "question_log": [
    {
     "en": "What do I wonder?",
     "es": "¿Qué me pregunto?"
    }
   ],
   "variants": {
    "gentler": {
     "en": "Draw one place.",
     "es": "Dibuja un lugar."
    },
    "stretch": {
     "en": "Add heights.",
     "es": "Agrega alturas."
    }
   },
   "team_roles": [],
   "check_my_work": null
  },
  {
   "id": "find-sources",
   "title": {
    "en": "Find sources",
    "es": "Busca fuentes"
   },
   "purpose": {
    "en": "You find out what others already know.",
    "es": "Averiguas lo que otros ya saben."
   },
   "lessons": 3,
   "standards": [
    "INQ.2"
   ],
   "forms": {
    "step_by_step": {
     "intro": {
      "en": "A source can be a map, a report or a person.",
      "es": "Una fuente puede ser un mapa, un informe o una persona."
     },
     "checklist": [
      {
       "en": "Find a first source.",
       "es": "Busca una primera fuente."
      },
      {
       "en": "Find a second source of another kind.",
       "es": "Busca una segunda fuente de otro tipo."
      }
     ],
     "sentence_starters": [],
     "if_stuck": [
      {
       "en": "Ask at the library.",
       "es": "Pregunta en la biblioteca."
      }
     ]
    },
    "on_my_own": {
     "en": "Find two sources of different kinds.",
     "es": "Busca dos fuentes de tipos distintos."
    }
   },
   "what_good_looks_like": {
    "en": "Two sources of different kinds, in my own words.",
    "es": "Dos fuentes de tipos distintos, con mis palabras."
   },
   "evidence": [
    {
     "en": "a text",
     "es": "un texto"
    }
   ],
   "question_log": [],
   "variants": {},
   "team_roles": [],
   "check_my_work": "finding-out"
  },
  {
   "id": "tell-the-town",
   "title": {
    "en": "Tell the town",
    "es": "Cuéntale al pueblo"
   },
   "purpose": {
    "en": "You show what would help.",
    "es": "Muestras qué ayudaría."
   },
   "lessons": 3,
   "standards": [
    "COM.1"
   ],
   "check_my_work": null
  }
 ],
 "rubrics": [
  {
   "id": "finding-out",
   "title": {
    "en": "Finding out",
    "es": "Averiguar"
   },
   "criteria": [
    {
     "id": "my-question",
     "title": {
      "en": "My question",
      "es": "Mi pregunta"
     },
     "question": {
      "en": "How well can my question be investigated?",
      "es": "¿Qué tan bien se puede investigar mi pregunta?"
     },
     "standard": "INQ.1",
     "aim": 3,
     "levels": [
      {
       "name": {
        "en": "Just starting",
        "es": "Empezando"
       },
       "text": {
        "en": "I ask something I can answer with {yes or no}.",
        "es": "Pregunto algo que se contesta con {sí o no}."
       }
      },
      {
       "name": {
        "en": "Getting there",
        "es": "En camino"
       },
       "text": {
        "en": "I ask something that needs {looking for}.",
        "es": "Pregunto algo que hay que {buscar}."
       }
      },
      {
       "name": {
        "en": "On target",
        "es": "En la meta"
       },
       "text": {
        "en": "I ask something that needs looking for, and I say {how I will look}.",
        "es": "Pregunto algo que hay que buscar y digo {cómo lo voy a buscar}."
       }
      },
      {
       "name": {
        "en": "Going further",
        "es": "Más allá"
       },
       "text": {
        "en": "I ask something that needs looking for, I say how I will look, and {what would change my mind}.",
        "es": "Pregunto algo que hay que buscar, digo cómo lo voy a buscar y {qué me haría cambiar de idea}."
       }
      }
     ],
     "phrases": {
      "glow": [
       {
        "en": "You kept people's own words.",
        "es": "Guardaste las palabras de la gente."
       }
      ],
      "grow": [
       {
        "en": "I cannot yet see whose need it answers.",
        "es": "Todavía no veo a qué necesidad responde."
       }
      ],
      "next": [
       {
        "en": "Ask one more person.",
        "es": "Pregunta a una persona más."
       }
      ]
     }
    },
    {
     "id": "sources",
     "title": {
      "en": "Using sources",
      "es": "Usar fuentes"
     },
     "question": {
      "en": "How well do my sources help answer my question?",
      "es": "¿Qué tan bien me ayudan mis fuentes a responder?"
     },
     "standard": "INQ.2",
     "aim": 3,
     "levels": [
      {
       "name": {
        "en": "Just starting",
        "es": "Empezando"
       },
       "text": {
        "en": "I use {one source} and retell it.",
        "es": "Uso {una fuente} y la repito."
       }
      },
      {
       "name": {
        "en": "Getting there",
        "es": "En camino"
       },
       "text": {
        "en": "I use {two sources} and put them in my own words.",
        "es": "Uso {dos fuentes} y las digo con mis palabras."
       }
      },
      {
       "name": {
        "en": "On target",
        "es": "En la meta"
       },
       "text": {
        "en": "I use sources of {different kinds} and say why each matters.",
        "es": "Uso fuentes de {distintos tipos} y digo por qué importa cada una."
       }
      },
      {
       "name": {
        "en": "Going further",
        "es": "Más allá"
       },
       "text": {
        "en": "I use sources of different kinds and {weigh those that disagree}.",
        "es": "Uso fuentes de distintos tipos y {comparo las que no coinciden}."
       }
      }
     ],
     "phrases": {
      "glow": [
       {
        "en": "You kept people's own words.",
        "es": "Guardaste las palabras de la gente."
       }
      ],
      "grow": [
       {
        "en": "I cannot yet see whose need it answers.",
        "es": "Todavía no veo a qué necesidad responde."
       }
      ],
      "next": [
       {
        "en": "Ask one more person.",
        "es": "Pregunta a una persona más."
       }
      ]
     }
    },
    {
     "id": "telling",
     "title": {
      "en": "Telling others",
      "es": "Contarlo"
     },
     "question": {
      "en": "How well can a reader follow me?",
      "es": "¿Qué tan bien me puede seguir quien lee?"
     },
     "standard": "COM.1",
     "aim": 3,
     "levels": [
      {
       "name": {
        "en": "Just starting",
        "es": "Empezando"
       },
       "text": {
        "en": "I say {what I found}.",
        "es": "Digo {lo que encontré}."
       }
      },
      {
       "name": {
        "en": "Getting there",
        "es": "En camino"
       },
       "text": {
        "en": "I say what I found, {in order}.",
        "es": "Digo lo que encontré, {en orden}."
       }
      },
      {
       "name": {
        "en": "On target",
        "es": "En la meta"
       },
       "text": {
        "en": "I say what I found, in order, and {why it matters}.",
        "es": "Digo lo que encontré, en orden, y {por qué importa}."
       }
      },
      {
       "name": {
        "en": "Going further",
        "es": "Más allá"
       },
       "text": {
        "en": "I say what I found, in order, why it matters, and {what is still open}.",
        "es": "Digo lo que encontré, en orden, por qué importa y {qué queda abierto}."
       }
      }
     ],
     "phrases": {
      "glow": [
       {
        "en": "You kept people's own words.",
        "es": "Guardaste las palabras de la gente."
       }
      ],
      "grow": [
       {
        "en": "I cannot yet see whose need it answers.",
        "es": "Todavía no veo a qué necesidad responde."
       }
      ],
      "next": [
       {
        "en": "Ask one more person.",
        "es": "Pregunta a una persona más."
       }
      ]
     }
    }
   ]
  }
 ],
 "exemplar": {
  "title": {
   "en": "A creek in another town",
   "es": "Un arroyo de otro pueblo"
  },
  "from": {
   "en": "written for this pathway",
   "es": "escrito para este proyecto"
  },
  "pieces": [
   {
    "about": {
     "en": "Two kinds of sources",
     "es": "Dos tipos de fuentes"
    },
    "text": {
     "en": "The map shows the low place. Mrs. Ortiz remembers the year 1998.",
     "es": "El mapa muestra el lugar bajo. La señora Ortiz recuerda el año 1998."
    }
   }
  ]
 },
 "teacher": {
  "overview": {
   "en": "Eight lessons.",
   "es": "Ocho clases."
  },
  "lesson_plan": [
   {
    "en": "Walk.",
    "es": "Caminar."
   }
  ],
  "look_for": [],
  "common_snags": [],
  "adapt": [],
  "inquiry_question": {
   "en": "Does walking first change the questions?",
   "es": "¿Caminar primero cambia las preguntas?"
  }
 }
})JSON";

inline constexpr std::string_view street_pathway = R"JSON({
 "id": "our-street",
 "version": 1,
 "title": {
  "en": "Whose street is it?",
  "es": "¿De quién es la calle?"
 },
 "driving_question": {
  "en": "Whose street is it?",
  "es": "¿De quién es la calle?"
 },
 "summary": {
  "en": "You read a street. You put two accounts side by side.",
  "es": "Lees una calle. Pones dos relatos lado a lado."
 },
 "lessons": 4,
 "works": [
  "team"
 ],
 "interests": [
  "stories",
  "people"
 ],
 "standards": [
  "HIS.2"
 ],
 "products": [
  {
   "id": "wall",
   "title": {
    "en": "A wall",
    "es": "Un muro"
   }
  }
 ],
 "steps": [
  {
   "id": "look",
   "title": {
    "en": "Look",
    "es": "Mira"
   },
   "purpose": {
    "en": "You look at one street.",
    "es": "Miras una calle."
   }
  },
  {
   "id": "ask",
   "title": {
    "en": "Ask",
    "es": "Pregunta"
   }
  }
 ]
})JSON";

}  // namespace waymark::test
